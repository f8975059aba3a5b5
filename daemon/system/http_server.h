// HttpServer: answers GET requests for a few fixed paths on the system thread: /metrics, /healthz, /readyz.
//
// Not a web server: one request a connection, at most 16 connections (the oldest makes way for one more), requests of
// at most 8 KiB, 5 seconds for all of it. Thread rule: the event loop's thread; the loop does not run any more when it
// goes.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "daemon/system/event_loop.h"
#include "daemon/system/sockets.h"

namespace tfld::daemon {

struct HttpRequest {
  std::string_view path;    // without what follows a '?'
  std::string_view accept;  // the header of that name; empty when there is none
};

struct HttpResponse {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
};

class HttpServer {
 public:
  // The answer; status 404 for a path that is not there.
  using Handler = std::function<HttpResponse(const HttpRequest& request)>;

  static Result<std::unique_ptr<HttpServer>> Start(EventLoop& loop, ListeningSocket socket, Handler handler);
  ~HttpServer();

 private:
  HttpServer();
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tfld::daemon

// The parts of tfld-ctl that need no daemon.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "client/ctl/context.h"
#include "client/ctl/elements.h"
#include "client/ctl/exit_status.h"
#include "client/ctl/files.h"
#include "client/ctl/http_get.h"
#include "client/ctl/npy.h"
#include "client/ctl/package_source.h"
#include "client/ctl/sha256.h"
#include "client/ctl/table.h"
#include "client/ctl/text.h"
#include "client/ctl/to_json.h"
#include "client/src/unique_descriptor.h"
#include "engine/base/str_cat.h"
#include "tests/support/temp_dir.h"
#include "tfld/v1/admin.pb.h"

namespace tfld::ctl {
namespace {

using test::TempDir;
using testing::ElementsAre;
using testing::HasSubstr;

std::span<const std::byte> BytesOf(std::string_view text) { return std::as_bytes(std::span(text)); }

void Write(const std::filesystem::path& path, std::string_view content) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << content;
}

client::UniqueDescriptor Listen(const std::filesystem::path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.string().copy(address.sun_path, sizeof(address.sun_path) - 1);
  client::UniqueDescriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  EXPECT_EQ(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  EXPECT_EQ(::listen(socket.get(), 8), 0);
  return socket;
}

constexpr char kModel[] = "\0\0\0\0TFL3 and so on";

std::string_view Model() { return {kModel, sizeof(kModel) - 1}; }

TEST(TableTest, AlignsColumns) {
  Table table({"NAME", ">N", "NOTE"});
  table.AddRow({"a", "1", ""});
  table.AddRow({"longer", "12345", "x"});
  EXPECT_EQ(table.ToString(false), "NAME        N  NOTE\na           1\nlonger  12345  x\n");
}

TEST(TableTest, ColorsDoNotMoveColumns) {
  Table table({"A", "B"});
  table.AddRow({Cell("x", Color::kRed), "y"});
  EXPECT_THAT(table.ToString(true), HasSubstr("\033[31mx\033[0m  y\n"));
  EXPECT_THAT(table.ToString(false), testing::Not(HasSubstr("\033")));
}

TEST(TextTest, ReadsWell) {
  EXPECT_EQ(BytesText(1023), "1023 B");
  EXPECT_EQ(BytesText(17613), "17.2 KiB");
  EXPECT_EQ(DurationText(83.4), "83 us");
  EXPECT_EQ(DurationText(1250), "1.25 ms");
  EXPECT_EQ(DurationText(0), "-");
  EXPECT_EQ(UptimeText(185), "3 min 5 s");
  EXPECT_EQ(StateName(v1::VERSION_STATE_ACTIVE), "active");
  EXPECT_EQ(PlainNumber(-12.5, 2), "-12.50");
  EXPECT_EQ(std::stod(PlainNumber(-1.5e308, 6)), -1.5e308);
  EXPECT_EQ(PlainNumber(-1.5e308, 6).size(), 1u + 309 + 1 + 6);
}

TEST(Sha256Test, KnownAnswer) {
  EXPECT_EQ(Sha256Hex(BytesOf("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(NpyTest, RoundTrip) {
  const std::array<float, 6> values = {1, 2, 3, 4, 5, 6};
  const std::string file =
      *FormatNpy(DataType::kFloat32, std::array<std::int64_t, 2>{2, 3}, std::as_bytes(std::span(values)));
  EXPECT_EQ((file.size() - sizeof(values)) % 64, 0u);
  const auto array = ParseNpy(file);
  ASSERT_TRUE(array.ok()) << array.status().ToString();
  EXPECT_EQ(array->type, DataType::kFloat32);
  EXPECT_THAT(array->shape, ElementsAre(2, 3));
  EXPECT_EQ(std::memcmp(array->bytes.data(), values.data(), sizeof(values)), 0);
}

TEST(NpyTest, EveryCutFileIsRefused) {
  const std::string file = *FormatNpy(DataType::kInt8, std::array<std::int64_t, 1>{3}, BytesOf("abc"));
  for (std::size_t size = 0; size < file.size(); ++size) EXPECT_FALSE(ParseNpy(file.substr(0, size)).ok()) << size;
  EXPECT_FALSE(ParseNpy(file + "x").ok());
}

TEST(ElementsTest, NumbersAndRandom) {
  const std::array<std::int16_t, 2> values = {-2, 300};
  EXPECT_EQ(ElementsOf(DataType::kInt16, std::as_bytes(std::span(values))).dump(), "[-2,300]");
  EXPECT_EQ(ElementsOf(DataType::kBool, BytesOf({"\0\1\2", 3})).dump(), "[false,true,true]");
  EXPECT_TRUE(ElementsOf(DataType::kFloat16, BytesOf("ab")).is_null());
  std::array<float, 100> first{};
  std::array<float, 100> second{};
  FillRandom(DataType::kFloat32, std::as_writable_bytes(std::span(first)), 7);
  FillRandom(DataType::kFloat32, std::as_writable_bytes(std::span(second)), 7);
  EXPECT_EQ(first, second);
  EXPECT_THAT(first, testing::Each(testing::AllOf(testing::Ge(0), testing::Lt(1))));
}

TEST(PackageSourceTest, AModelIsSentAsItIs) {
  const TempDir directory;
  Write(directory / "m.tflite", Model());
  const auto source = PackageSource::Open(directory / "m.tflite", "");
  ASSERT_TRUE(source.ok()) << source.status().ToString();
  EXPECT_EQ(Sha256Hex(source->bytes()), Sha256Hex(BytesOf(Model())));
}

TEST(PackageSourceTest, ADirectoryIsPackedAlwaysAlike) {
  const TempDir directory;
  Write(directory / "p/model.tflite", Model());
  Write(directory / "p/golden/golden.json", "{}");
  Write(directory / "p/golden/input0.npy", "x");
  Write(directory / "p/README.md", "left out");
  const auto first = PackDirectory(directory / "p");
  ASSERT_TRUE(first.ok()) << first.status().ToString();
  EXPECT_THAT(*first, HasSubstr("golden/input0.npy"));
  EXPECT_THAT(*first, testing::Not(HasSubstr("README")));
  std::filesystem::last_write_time(directory / "p/model.tflite", std::filesystem::file_time_type::clock::now());
  EXPECT_EQ(*PackDirectory(directory / "p"), *first);
  EXPECT_EQ(PackageSource::Open(directory / "p", directory / "p/golden").status().code(), StatusCode::kInvalidArgument);
}

TEST(PackageSourceTest, AGoldenGoesWithAModel) {
  const TempDir directory;
  Write(directory / "m.tflite", Model());
  Write(directory / "other", "not a model");
  Write(directory / "golden/golden.json", "{}");
  const auto source = PackageSource::Open(directory / "m.tflite", directory / "golden");
  ASSERT_TRUE(source.ok()) << source.status().ToString();
  EXPECT_GT(source->bytes().size(), Model().size());
  EXPECT_FALSE(PackageSource::Open(directory / "other", directory / "golden").ok());
  EXPECT_FALSE(PackageSource::Open(directory / "m.tflite", directory / "nowhere").ok());
  EXPECT_EQ(PackDirectory(directory / "golden").status().code(), StatusCode::kInvalidArgument);
}

TEST(ExitStatusTest, NoDaemonIsNotAnyFailure) {
  const TempDir directory;
  EXPECT_EQ(ExitStatusOf({}, directory.path()), kSuccess);
  EXPECT_EQ(ExitStatusOf(NotFound("x"), directory.path()), kFailure);
  EXPECT_EQ(ExitStatusOf(Unavailable("x"), directory.path()), kNoDaemon);
  {
    const auto listener = Listen(directory / "tfld.sock");
    EXPECT_EQ(ExitStatusOf(Unavailable("x"), directory.path()), kFailure);
  }
  Listen(directory / "admin.sock");
  std::filesystem::permissions(directory / "admin.sock", std::filesystem::perms::none);
  EXPECT_EQ(ExitStatusOf(Unavailable("x"), directory.path()), kNoDaemon);
}

Result<std::string> Get(const std::string& answer) {
  const TempDir directory;
  const auto listener = Listen(directory / "s");
  std::thread server([&] {
    const client::UniqueDescriptor connection(::accept(listener.get(), nullptr, nullptr));
    std::array<char, 1024> request{};
    ::recv(connection.get(), request.data(), request.size(), 0);
    ::send(connection.get(), answer.data(), answer.size(), MSG_NOSIGNAL);
  });
  auto body = HttpGet(directory / "s", "/metrics");
  ::shutdown(listener.get(), SHUT_RDWR);
  server.join();
  return body;
}

TEST(HttpGetTest, AnAnswerThatIsCutIsAnError) {
  const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\nConnection: close\r\n\r\n";
  const auto whole = Get(head + "0123456789");
  ASSERT_TRUE(whole.ok()) << whole.status().ToString();
  EXPECT_EQ(*whole, "0123456789");
  EXPECT_EQ(Get(head + "01234").status().code(), StatusCode::kUnavailable);
  EXPECT_EQ(Get(head).status().code(), StatusCode::kUnavailable);
  EXPECT_FALSE(Get("HTTP/1.1 200 OK\r\nContent-Le").ok());
}

TEST(ToJsonTest, AnErrorHasItsCode) {
  EXPECT_EQ(ToJson(NotFound("no model x")).dump(), R"({"error":{"code":"NOT_FOUND","message":"no model x"}})");
}

std::string Printed(const std::function<void(Context&)>& print) {
  testing::internal::CaptureStdout();
  Context context("/nowhere", OutputFormat::kJson);
  print(context);
  std::fflush(stdout);
  return testing::internal::GetCapturedStdout();
}

TEST(ContextTest, AResultThatTellsOfAFailureIsTheOnlyDocument) {
  EXPECT_EQ(Printed([](Context& context) {
              context.PrintJson({{"failed", 3}});
              context.PrintJsonError(Unavailable("gone"));
            }),
            "{\n  \"failed\": 3\n}\n");
  EXPECT_THAT(Printed([](Context& context) { context.PrintJsonError(Unavailable("gone")); }), HasSubstr("UNAVAILABLE"));
}

TEST(ContextTest, AStreamOfLinesEndsWithItsErrorAsALine) {
  EXPECT_EQ(Printed([](Context& context) {
              context.UseJsonLines();
              context.PrintJson({{"look", 1}});
              context.PrintJsonError(Unavailable("gone"));
            }),
            "{\"look\":1}\n{\"error\":{\"code\":\"UNAVAILABLE\",\"message\":\"gone\"}}\n");
}

TEST(ToJsonTest, WhatIsNotSetIsNull) {
  v1::ModelStatus model;
  model.set_name("m");
  model.set_previous(3);
  const auto json = ToJson(model);
  EXPECT_TRUE(json["active"].is_null());
  EXPECT_EQ(json["previous"], 3);
}

}  // namespace
}  // namespace tfld::ctl

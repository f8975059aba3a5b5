/* A user of the C library, in C. */
#ifndef TFLD_TESTS_CLIENT_C_API_USER_H
#define TFLD_TESTS_CLIENT_C_API_USER_H

#ifdef __cplusplus
extern "C" {
#endif

/* Connects, binds "scale", infers, and tries what must fail. NULL, or what was not as expected. */
const char* UseCApi(const char* runtime_dir);

/* Expects that no daemon is there. */
const char* UseCApiWithoutDaemon(const char* runtime_dir);

#ifdef __cplusplus
}
#endif

#endif

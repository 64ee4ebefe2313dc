/* A PKCS#11 module in front of a real one: what no software token does can be seen with it, and what is asked of a token is counted.
 *
 * SHIM_MODULE is the real one. SHIM_PARAMETERS goes to its C_Initialize, as NSS wants it; SHIM_FLAGS are added to those of each
 * token; SHIM_LOGIN is what a login is answered with, and SHIM_LOG the file that gets a line for each.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

typedef unsigned long number;
typedef struct {
    unsigned char version[2];
    void *function[68];
} functions;

/* Places in the list of functions, and of the flags in CK_TOKEN_INFO (PKCS#11 2.40). */
enum { INITIALIZE = 0, GET_FUNCTION_LIST = 3, GET_TOKEN_INFO = 6, LOGIN = 18, FLAGS_AT = 96, OS_LOCKING_OK = 2, GENERAL_ERROR = 5 };

static functions *real, ours;

static number initialize(void *arguments)
{
    struct {
        void *mutexes[4];
        number flags;
        const char *parameters;
        void *reserved;
    } with = {{0}, OS_LOCKING_OK, getenv("SHIM_PARAMETERS"), 0};
    return ((number (*)(void *))real->function[INITIALIZE])(with.parameters ? &with : arguments);
}

static number token_info(number slot, unsigned char *info)
{
    const char *flags = getenv("SHIM_FLAGS");
    number result = ((number (*)(number, void *))real->function[GET_TOKEN_INFO])(slot, info);
    if (!result && flags)
        *(number *)(info + FLAGS_AT) |= strtoul(flags, 0, 0);
    return result;
}

static number login(number session, number who, unsigned char *pin, number size)
{
    const char *log = getenv("SHIM_LOG"), *result = getenv("SHIM_LOGIN");
    int file = log ? open(log, O_WRONLY | O_CREAT | O_APPEND, 0600) : -1;
    if (file >= 0 && write(file, "login\n", 6) == 6)
        close(file);
    if (result)
        return strtoul(result, 0, 0);
    return ((number (*)(number, number, void *, number))real->function[LOGIN])(session, who, pin, size);
}

number C_GetFunctionList(functions **list)
{
    void *module = dlopen(getenv("SHIM_MODULE"), RTLD_NOW | RTLD_LOCAL);
    number (*get)(functions **) = module ? (number (*)(functions **))dlsym(module, "C_GetFunctionList") : 0;
    if (!get || get(&real))
        return GENERAL_ERROR;
    ours = *real;
    ours.function[INITIALIZE] = initialize;
    ours.function[GET_FUNCTION_LIST] = C_GetFunctionList;
    ours.function[GET_TOKEN_INFO] = token_info;
    ours.function[LOGIN] = login;
    *list = &ours;
    return 0;
}

namespace Lathe.Codegen.Llvm;

/// <summary>A library every target system has, and the part of it that generated code may call.</summary>
/// <remarks>
/// Linking goes by these names and not by the files of the machine that compiles: artifacts so carry no version of its libc, are the same
/// bytes wherever they are made, and load on older systems too. What is not listed must not be called: an artifact needs nothing else.
/// Nor may be listed what changed its meaning between versions (pthread_cond_wait, sched_getaffinity): the loader takes the oldest.
/// </remarks>
/// <param name="Soname">The name the loader looks for, the same on all architectures (musl answers to both with itself).</param>
public sealed record SystemLibrary(string Soname, IReadOnlySet<string> Functions)
{
    /// <summary>Memory (while a model is opened) and strings, files (the weights are mapped), threads for the built-in pool.</summary>
    public static SystemLibrary C { get; } = new("libc.so.6", Names("""
        malloc free memcpy memmove memset memcmp strlen strcmp getenv strtol
        open close fstat lseek pread mmap munmap dladdr
        pthread_once pthread_create pthread_join pthread_sigmask sigfillset sem_init sem_post sem_wait sem_trywait getpid sysconf
        """));

    /// <summary>What LLVM calls where a processor has no instruction for it, and functions too rare for a polynomial of ours.</summary>
    public static SystemLibrary Math { get; } = new("libm.so.6", Names("""
        acosf acoshf asinf asinhf atanf atan2f atanhf cbrtf ceilf copysignf cosf coshf erff exp2f expf expm1f fabsf floorf fmaf fmaxf fminf fmodf
        ldexpf lgammaf log10f log1pf log2f logf nearbyintf powf rintf roundf roundevenf sinf sinhf sqrtf tanf tanhf tgammaf truncf
        acos acosh asin asinh atan atan2 atanh cbrt ceil copysign cos cosh erf exp exp2 expm1 fabs floor fma fmax fmin fmod
        ldexp lgamma log log10 log1p log2 nearbyint pow rint round roundeven sin sinh sqrt tan tanh tgamma trunc
        """));

    /// <summary>What a program of ours may call beside: it is run here and not shipped.</summary>
    public static SystemLibrary ForPrograms { get; } = new("libc.so.6", Names("read write calloc free strlen dlopen dlsym dlerror exit"));

    /// <summary>What every Windows from version 10 on has in its C runtime; it has no roundeven.</summary>
    public static SystemLibrary UniversalRuntime { get; } = new("ucrtbase.dll", Names("memcpy memmove memset memcmp strcmp getenv").Concat(Math.Functions).Except(["roundeven", "roundevenf"]).ToHashSet(StringComparer.Ordinal));

    /// <summary>What a program of ours may call beside on Windows.</summary>
    public static SystemLibrary WindowsPrograms { get; } = new("ucrtbase.dll", Names("_setmode _read _write calloc free strlen exit"));

    public static SystemLibrary Kernel32 { get; } = new("kernel32.dll", Names("LoadLibraryA GetProcAddress"));

    /// <summary>What macOS has; it has no roundeven.</summary>
    public static SystemLibrary Apple { get; } = new("/usr/lib/libSystem.B.dylib", Names("malloc free memcpy memmove memset memcmp strlen strcmp getenv open close lseek mmap munmap dladdr bzero").Concat(Math.Functions).Except(["roundeven", "roundevenf"]).ToHashSet(StringComparer.Ordinal));

    /// <summary>What JavaScript's Math offers a module of WebAssembly as imports; imports.mjs has the list too.</summary>
    public static SystemLibrary JavaScript { get; } = new("env", Names("""
        acos acosh asin asinh atan atan2 atanh cbrt cos cosh exp expm1 fmod fmodf log log10 log1p log2 pow sin sinh tan tanh
        """));

    private static HashSet<string> Names(string list) => list.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal);
}

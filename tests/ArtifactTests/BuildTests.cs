namespace Lathe.ArtifactTests;

/// <summary>Models in builds of C and C++: the package that <c>./build.sh pack</c> lays out and its samples, in an empty home.</summary>
public sealed class BuildTests : IDisposable
{
    private readonly ScratchFolder scratch = new();
    private readonly string prefix, models;

    public BuildTests()
    {
        prefix = scratch["prefix"];
        models = Sample("models");
        Tool.Run("bash", CProgram.Repository("build.sh"), "layout", prefix, Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "Lathe.Cli", "release")));
    }

    public void Dispose() => scratch.Dispose();

    [ToolFact("cmake", "ninja", "g++")]
    public void CMake_builds_what_changed_installs_and_its_consumer_finds_it()
    {
        var (build, installed) = (scratch["build"], scratch["installed"]);
        At(scratch[""], "cmake", "-S", Sample("cmake"), "-B", build, "-G", "Ninja", $"-DCMAKE_PREFIX_PATH={prefix}", $"-DCMAKE_INSTALL_PREFIX={installed}");
        At(build, "ninja");
        Assert.Equal(["digit 7", "gesture 0", "code 2000: input 'Input3' must have the shape [1, 1, 28, 28]"], Lines(At(build, "./two_models")));
        Assert.Contains("no work to do", At(build, "ninja"), StringComparison.Ordinal);

        // The model's time has changed and its bytes have not: it is compiled, to the same library, and nothing is linked.
        Touch("opt_mnist");
        var again = At(build, "ninja");
        Assert.Contains("Compiling", again, StringComparison.Ordinal);
        Assert.DoesNotContain("hand_keypoint_cls", again, StringComparison.Ordinal);
        Assert.DoesNotContain("Linking", again, StringComparison.Ordinal);
        Assert.Contains("no work to do", At(build, "ninja"), StringComparison.Ordinal);

        At(build, "cmake", "--install", build);
        Assert.Contains("digit 7", At(scratch[""], Path.Combine(installed, "bin", "two_models")), StringComparison.Ordinal);
        // What is installed needs neither the compiler nor the place it was built in.
        Directory.Delete(build, recursive: true);
        Directory.Move(installed, scratch["moved"]);
        var consumer = scratch["consumer"];
        At(scratch[""], "cmake", "-S", Sample("cmake", "consumer"), "-B", consumer, "-G", "Ninja", $"-DCMAKE_PREFIX_PATH={scratch["moved"]}");
        At(consumer, "ninja");
        Assert.StartsWith("open, ", At(consumer, "./consumer"), StringComparison.Ordinal);
    }

    [ToolFact("cmake", "make", "g++")]
    public void CMake_with_make_compiles_a_model_once()
    {
        var build = scratch["build"];
        At(scratch[""], "cmake", "-S", Sample("cmake"), "-B", build, "-G", "Unix Makefiles", $"-DCMAKE_PREFIX_PATH={prefix}");
        Assert.Contains("Linking", At(build, "make"), StringComparison.Ordinal);
        Assert.DoesNotContain("Compiling", At(build, "make"), StringComparison.Ordinal);
        Touch("opt_mnist");
        var again = At(build, "make");
        Assert.Contains("Compiling", again, StringComparison.Ordinal);
        Assert.DoesNotContain("Linking", again, StringComparison.Ordinal);
        Assert.DoesNotContain("Compiling", At(build, "make"), StringComparison.Ordinal);
    }

    [ToolFact("cmake", "make", "g++")]
    public void What_is_wrong_with_a_call_is_said_when_configuring()
    {
        Assert.Contains("no version is compatible", Configured("find_package(Lathe 9.0 CONFIG QUIET)\nif(NOT Lathe_FOUND)\nmessage(FATAL_ERROR \"no version is compatible\")\nendif()"), StringComparison.Ordinal);
        Assert.Contains("lathe_add_model(m): MODEL is missing", Configured("find_package(Lathe CONFIG REQUIRED)\nlathe_add_model(m)"), StringComparison.Ordinal);
        Assert.Contains("lathe_add_model(m): unknown argument MODLE", Configured("find_package(Lathe CONFIG REQUIRED)\nlathe_add_model(m MODLE x.onnx)"), StringComparison.Ordinal);
        Assert.Contains("TYPE is STATIC or SHARED, not OBJECT", Configured("find_package(Lathe CONFIG REQUIRED)\nlathe_add_model(m MODEL x.onnx TYPE OBJECT)"), StringComparison.Ordinal);
        Assert.Contains("lathe_install_model(m): no target of lathe_add_model", Configured("find_package(Lathe CONFIG REQUIRED)\nadd_library(m INTERFACE)\nlathe_install_model(m)"), StringComparison.Ordinal);
    }

    [ToolFact("make", "gcc")]
    public void Make_links_again_where_bytes_changed()
    {
        string[] make = ["make", "-C", Sample("make")];
        Assert.Contains("-o digits", At(scratch[""], make), StringComparison.Ordinal);
        Assert.Equal(10, Lines(At(Sample("make"), "./digits")).Length);
        Assert.Contains("up to date", At(scratch[""], make), StringComparison.Ordinal);
        Touch("opt_mnist");
        var again = At(scratch[""], make);
        Assert.Contains("lathe compile", again, StringComparison.Ordinal);
        Assert.DoesNotContain("-o digits", again, StringComparison.Ordinal);
        Assert.Contains("up to date", At(scratch[""], make), StringComparison.Ordinal);
    }

    [ToolFact("ninja", "gcc")]
    public void Ninja_stops_where_bytes_are_as_before()
    {
        At(Sample("ninja"), "ninja");
        Assert.Equal(10, Lines(At(Sample("ninja"), "./digits")).Length);
        Touch("opt_mnist");
        Assert.DoesNotContain("cc digits", At(Sample("ninja"), "ninja"), StringComparison.Ordinal);
        Assert.Contains("no work to do", At(Sample("ninja"), "ninja"), StringComparison.Ordinal);
    }

    [ToolFact("pkg-config")]
    public void Pkg_config_knows_the_headers()
    {
        var flags = At(scratch[""], "env", $"PKG_CONFIG_PATH={prefix}/lib/pkgconfig", "pkg-config", "--cflags", "lathe").Trim();
        Assert.True(File.Exists(Path.Combine(flags["-I".Length..], "lathe.hpp")), flags);
    }

    /// <summary>The compiler runs here and the model's code there, by nothing but a toolchain file.</summary>
    [ToolFact("cmake", "ninja", "aarch64-linux-gnu-g++", "qemu-aarch64")]
    public void A_toolchain_file_decides_the_triple()
    {
        File.WriteAllText(scratch["toolchain.cmake"], """
            set(CMAKE_SYSTEM_NAME Linux)
            set(CMAKE_SYSTEM_PROCESSOR aarch64)
            set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
            set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
            set(CMAKE_FIND_ROOT_PATH /usr/aarch64-linux-gnu)
            set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
            set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
            """);
        var folder = Directory.CreateDirectory(scratch["cross"]).FullName;
        File.WriteAllText(Path.Combine(folder, "CMakeLists.txt"), $"""
            cmake_minimum_required(VERSION 3.20)
            project(cross LANGUAGES C)
            find_package(Lathe CONFIG REQUIRED)
            lathe_add_model(digits MODEL {models}/opt_mnist/model.onnx)
            add_executable(scores {CProgram.Repository("docs", "digits.c")})
            target_link_libraries(scores PRIVATE digits)
            """);
        var build = scratch["build"];
        At(scratch[""], "cmake", "-S", folder, "-B", build, "-G", "Ninja", $"-DCMAKE_TOOLCHAIN_FILE={scratch["toolchain.cmake"]}", $"-DCMAKE_PREFIX_PATH={prefix}", $"-DLathe_DIR={prefix}/lib/cmake/Lathe");
        At(build, "ninja");
        Assert.Contains("AArch64", Tool.Run("readelf", "-h", Path.Combine(build, "scores")), StringComparison.Ordinal);
        var scores = Lines(Tool.Run("qemu-aarch64", "-L", "/usr/aarch64-linux-gnu", Path.Combine(build, "scores")));
        Assert.Equal(10, scores.Length);
        Assert.Equal("7", scores.Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).MaxBy(p => double.Parse(p[1], System.Globalization.CultureInfo.InvariantCulture))![0]);
    }

    private string Configured(string text)
    {
        var folder = Directory.CreateDirectory(Path.Combine(scratch[""], Path.GetRandomFileName())).FullName;
        File.WriteAllText(Path.Combine(folder, "CMakeLists.txt"), $"cmake_minimum_required(VERSION 3.20)\nproject(p NONE)\n{text}\n");
        return At(scratch[""], "sh", "-c", $"cmake -S {folder} -B {folder}/build -DCMAKE_PREFIX_PATH={prefix} 2>&1 && exit 1 || exit 0");
    }

    private void Touch(string model) => File.SetLastWriteTimeUtc(Path.Combine(models, model, "model.onnx"), DateTime.UtcNow);

    private string Sample(params string[] path) => Path.Combine([prefix, "share", "lathe", "samples", .. path]);

    /// <summary>What a command prints in a folder, with a home that holds nothing and the prefix on the search path.</summary>
    private string At(string folder, params string[] command) =>
        Tool.Run("env", ["-C", folder, $"HOME={Directory.CreateDirectory(scratch["home"]).FullName}", $"PATH={prefix}/bin:{Environment.GetEnvironmentVariable("PATH")}", .. command]);

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}

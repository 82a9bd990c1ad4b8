using Lathe.Cli;
using Lathe.Codegen.Package;
using Lathe.Ir;
using Lathe.Runtime;
using Artifact = Lathe.Runtime.Artifact;

namespace Lathe.ArtifactTests;

/// <summary>Libraries as earlier versions of the C ABI had them (the folder Stored), opened by what is here today.</summary>
public sealed class AbiTests : IDisposable
{
    private readonly ScratchFolder scratch = new();

    public void Dispose() => scratch.Dispose();

    /// <summary>Every version that was.</summary>
    public static TheoryData<int> Versions => [.. Enumerable.Range(1, LatheHeader.Abi)];

    [ToolTheory("gcc")]
    [MemberData(nameof(Versions))]
    public void The_runtime_opens_it(int version)
    {
        using var artifact = Artifact.Open(Library(version));
        Assert.Equal((uint)version, artifact.Contract.Abi);
        using var run = new Invocation(artifact, 5);
        new float[] { 1, -2, 3, 4, 0.5f }.CopyTo(run.Input<float>(0));
        run.Run();
        Assert.Equal([2, -4, 6, 8, 1], run.Output<float>(0).ToArray());
        Assert.Equal([5], run.OutputShape(0).ToArray());
    }

    [ToolTheory("gcc")]
    [MemberData(nameof(Versions))]
    public void The_tool_runs_it(int version)
    {
        var (x, y) = (Tensor.Of(Scalar.F32, [3], [1, 2, 3]), Tensor.Of(Scalar.F32, [3], [2, 4, 6]));
        Npy.Write(scratch["x.npy"], x);
        Npy.Write(scratch["y.npy"], y);
        using var printed = new StringWriter();
        var code = CommandLine.Run(["run", Library(version), "--input", $"x={scratch["x.npy"]}", "--expect", $"y={scratch["y.npy"]}"], new Session(printed, printed));
        Assert.True(code == ExitCode.Done, printed.ToString());
    }

    [ToolTheory("gcc", "g++")]
    [MemberData(nameof(Versions))]
    public void Todays_headers_call_it(int version)
    {
        Tool.Run("g++", "-std=c++17", "-Wall", "-Wextra", "-pedantic", "-Werror", CProgram.Source("stored.cpp"), "-iquote", CProgram.Repository("codegen", "Package"), "-I", CProgram.Repository("codegen", "Package"), "-I", CProgram.Repository("src", "CMake"),
            "-idirafter", Stored(version), Library(version), "-Wl,-rpath," + scratch.Folder, "-o", scratch["stored"]);
        Assert.Equal("2 4 6 3\n2000 input 'x' must have the shape [n], n in 1..8", CProgram.Run(scratch["stored"], []));
    }

    [ToolFact("gcc")]
    public void A_later_version_is_refused_by_its_number()
    {
        var later = LatheHeader.Abi + 1;
        var error = Assert.Throws<ArtifactException>(() => Artifact.Open(Library(LatheHeader.Abi, $"-DSTORED_ABI={later}")));
        Assert.Contains($"follows ABI {later}, this runtime knows up to {LatheHeader.Abi}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_version_is_stored_and_the_last_is_as_it_is_now()
    {
        Assert.All(Enumerable.Range(1, LatheHeader.Abi), version => Assert.True(Directory.Exists(Stored(version)), $"Stored/abi{version} is missing"));
        // Comments may change; what is declared may not, without another number.
        Assert.Equal(Declared(LatheHeader.Text), Declared(File.ReadAllText(Path.Combine(Stored(LatheHeader.Abi), LatheHeader.FileName))));

        static string Declared(string header) => System.Text.RegularExpressions.Regex.Replace(header, @"/\*.*?\*/|\s+", " ", System.Text.RegularExpressions.RegexOptions.Singleline).Replace("  ", " ", StringComparison.Ordinal);
    }

    private static string Stored(int version) => CProgram.Repository("tests", "ArtifactTests", "Stored", $"abi{version}");

    private string Library(int version, params string[] options)
    {
        var path = scratch["libdoubled.so"];
        Tool.Run("gcc", ["-std=c99", "-O1", "-Wall", "-Wextra", "-pedantic", "-Werror", "-shared", "-fPIC", .. options, Path.Combine(Stored(version), "doubled.c"), "-o", path]);
        return path;
    }
}

namespace Lathe.ArtifactTests;

/// <summary>Calls with something wrong in each, of every model, under the sanitizers of GCC.</summary>
public sealed class MalformedTests : IDisposable
{
    private readonly ScratchFolder scratch = new();

    public void Dispose() => scratch.Dispose();

    public static TheoryData<string> Names => SharedArtifact.Names;

    [SharedToolTheory("gcc")]
    [MemberData(nameof(Names))]
    public void Ten_thousand_malformed_calls_give_codes_and_nothing_else(string model)
    {
        SharedArtifact.Build(model, scratch.Folder);
        Tool.Run("gcc", "-std=c11", "-O1", "-g", "-Wall", "-Wextra", "-Werror", "-fsanitize=address,undefined", "-fno-sanitize-recover=all",
            CProgram.Source("malformed.c"), "-I", CProgram.Source(""), "-I", scratch.Folder, scratch["libm.a"], "-lm", "-o", scratch["malformed"]);
        Assert.Equal("ok", CProgram.Run(scratch["malformed"], []));
    }
}

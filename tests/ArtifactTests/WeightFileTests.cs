namespace Lathe.ArtifactTests;

/// <summary>Weights in a file of their own: found beside the library or where the caller says, refused where they are others.</summary>
[Collection(nameof(Models))]
public sealed class WeightFileTests(Models models) : IDisposable
{
    private const string Done = "0 done", Missing = "3 the file of weights cannot be opened", Differ = "4 the file of weights is not the one this library was compiled with";
    private readonly ScratchFolder scratch = new();

    private string Weights => Models.FileOf(models.RowsInFile, ".weights");

    public void Dispose() => scratch.Dispose();

    [ToolFact("gcc")]
    public void They_are_found_beside_the_library_wherever_the_program_is()
    {
        var folder = Models.FolderOf(models.RowsInFile);
        var elsewhere = Directory.CreateDirectory(scratch["elsewhere"]).FullName;
        CProgram.Compile(CProgram.Source("symbolic.c"), Path.Combine(elsewhere, "symbolic"), [folder], Path.Combine(folder, "librows.so"), $"-Wl,-rpath,{folder}");
        Assert.Equal("ok", CProgram.Run(Path.Combine(elsewhere, "symbolic"), []));
    }

    [ToolFact("gcc")]
    public void They_are_found_beside_a_program_that_the_model_is_linked_into()
    {
        var program = Compile("symbolic.c");
        Assert.Equal("ok", CProgram.Run(program, [Weights]));
        File.Copy(Weights, scratch["rows.weights"]);
        Assert.Equal("ok", CProgram.Run(program, []));
    }

    [ToolFact("gcc")]
    public void Others_are_refused()
    {
        var (program, right) = (Compile("open.c"), File.ReadAllBytes(Weights));
        Assert.Equal(Done, CProgram.Run(program, [Weights]));
        Assert.Equal(Missing, CProgram.Run(program, []));
        Assert.Equal(Missing, CProgram.Run(program, [scratch["nothing"]]));
        Assert.Equal(Differ, CProgram.Run(program, [scratch.Write("short", right[..^1])]));
        Assert.Equal(Differ, CProgram.Run(program, [scratch.Write("long", [.. right, 0])]));
        Assert.Equal(Differ, CProgram.Run(program, [scratch.Write("empty", "")]));
        var other = right.ToArray();
        other[^1] ^= 1;
        Assert.Equal(Differ, CProgram.Run(program, [scratch.Write("other", other)]));
    }

    private string Compile(string source)
    {
        CProgram.Compile(CProgram.Source(source), scratch["program"], [Models.FolderOf(models.RowsInFile)], Models.FileOf(models.RowsInFile, ".a"));
        return scratch["program"];
    }
}

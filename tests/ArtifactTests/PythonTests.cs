namespace Lathe.ArtifactTests;

/// <summary>An artifact called from Python, with nothing but the interpreter.</summary>
[Collection(nameof(Models))]
public sealed class PythonTests(Models models)
{
    private const string Program = """
        import array, threading
        from rows import Model, LatheError

        def tensor(rows, columns, kind="f"):
            return memoryview(array.array(kind, range(rows * columns))).cast("B").cast(kind, [rows, columns])

        model, x = Model(), tensor(2, 16)
        y = model(x)[0]
        print(y.shape, y.format, y[0, 0], y[1, 2])
        for wrong in ([], [memoryview(b"abc")], [tensor(2, 16, "i")], [tensor(2, 15)], [tensor(65, 16)]):
            try: print(model(*wrong))
            except (TypeError, ValueError, LatheError) as e: print(type(e).__name__)
        results = []
        threads = [threading.Thread(target=lambda: results.append(model(x)[0].tolist())) for _ in range(4)]
        for thread in threads: thread.start()
        for thread in threads: thread.join()
        print([r == y.tolist() for r in results])
        """;

    [ToolFact("python3")]
    public void It_runs_and_refuses_what_does_not_fit()
    {
        var folder = Models.FolderOf(models.RowsArtifact);
        var printed = CProgram.Run("python3", ["-c", Program], ("PYTHONPATH", folder), ("PYTHONDONTWRITEBYTECODE", "1"));
        double Expected(int row, int column) => Math.Max(0, Enumerable.Range(0, 16).Sum(k => (16 * row + k) * ((7 * k + 3 * column) % 11 - 5) / 8.0) + (column - 3) / 8.0);
        Assert.Equal(FormattableString.Invariant($"(2, 8) f {Expected(0, 0):0.0##} {Expected(1, 2):0.0##}\nTypeError\nTypeError\nTypeError\nValueError\nLatheError\n[True, True, True, True]"), printed);
    }
}

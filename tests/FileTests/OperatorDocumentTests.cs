using System.Runtime.CompilerServices;
using Lathe.Cli;
using Lathe.Onnx;

namespace Lathe.FileTests;

/// <summary>docs/operators.md is what the tool prints; BLESS=1 writes it.</summary>
public sealed class OperatorDocumentTests
{
    [Fact]
    public void Is_current()
    {
        var path = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ThisFile())!, "..", "..", "docs", "operators.md"));
        using var printed = new StringWriter();
        Assert.Equal(0, (int)CommandLine.Run(["ops", "--markdown"], new Session(printed, printed)));
        if (Environment.GetEnvironmentVariable("BLESS") == "1") File.WriteAllText(path, printed.ToString());
        Assert.Equal(File.ReadAllText(path), printed.ToString());
    }

    [Fact]
    public void Json_is_one_document()
    {
        using var printed = new StringWriter();
        Assert.Equal(0, (int)CommandLine.Run(["ops", "--json"], new Session(printed, printed)));
        using var document = System.Text.Json.JsonDocument.Parse(printed.ToString());
    }

    [Fact]
    public void What_is_left_is_not_read() => Assert.DoesNotContain(OperatorList.Left, l => OperatorList.All.Any(e => e.Domain == l.Domain && e.Name == l.Name));

    private static string ThisFile([CallerFilePath] string path = "") => path;
}

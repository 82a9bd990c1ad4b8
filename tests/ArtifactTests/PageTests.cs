using System.Text.Json;
using System.Text.RegularExpressions;

namespace Lathe.ArtifactTests;

/// <summary>Pages for a browser: one file each that asks nothing of anybody, the same bytes each time, and what a browser makes of them.</summary>
public sealed partial class PageTests : IDisposable
{
    private static readonly string Lathe = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "Lathe.Cli", "release", "lathe"));

    private readonly ScratchFolder scratch = new();

    public void Dispose() => scratch.Dispose();

    [Fact]
    public void A_report_holds_every_part_and_nothing_from_outside()
    {
        string[] compile = ["compile", Model, "-q", "--objective", "size", "--quantize", "int8", "--emit", "report", "-o"];
        Tool.Run(Lathe, [.. compile, scratch["a"]]);
        Tool.Run(Lathe, [.. compile, scratch["b"]]);
        var page = File.ReadAllText(scratch["a/opt_mnist.report.html"]);
        Assert.Equal(page, File.ReadAllText(scratch["b/opt_mnist.report.html"]));
        Assert.DoesNotMatch(@"(src|href)=|url\(|@import|https?://(?!www\.w3\.org/2000/svg)", page);
        Assert.Equal(16, Regex.Count(page, "<g class=\"step ")); // eight steps, six that quantizing adds, an input, an output
        Assert.Matches("<td>quantize</td>", page);
        Assert.Contains("<td>none was asked for</td>", page, StringComparison.Ordinal); // of code: nothing is left to say how large it is
        Assert.True(Regex.Count(page, "<rect class=\"slot\"") >= 2);
        Assert.Matches("<i class=\"was\"[^>]*></i>[0-9.]+ KiB<br>", page);
        // Every element that is opened is closed, in order.
        var open = new Stack<string>();
        foreach (var tag in Tag().Matches(Script().Replace(page, "")).Where(t => t.Groups[2].Value is not ("meta" or "input" or "br" or "!DOCTYPE") && !t.Value.EndsWith("/>", StringComparison.Ordinal)))
            if (tag.Groups[1].Value == "") open.Push(tag.Groups[2].Value);
            else Assert.Equal(open.Pop(), tag.Groups[2].Value);
        Assert.Empty(open);
    }

    [ToolFact("chromium")]
    public void A_browser_finds_moves_and_sorts()
    {
        Tool.Run(Lathe, "inspect", Model, "--html", scratch["model.html"]);
        var act = """
            const q = id => document.getElementById(id), graph = q('graph'), svg = graph.querySelector('svg'), result = {};
            result.steps = document.querySelectorAll('.step').length;
            q('find').value = 'MAX_pool'; q('find').dispatchEvent(new Event('input'));
            result.found = q('found').textContent; result.hits = document.querySelectorAll('.step.hit').length; result.detail = q('detail').textContent;
            const before = svg.getAttribute('viewBox');
            graph.dispatchEvent(new PointerEvent('pointerdown', { clientX: 10, clientY: 10 })); graph.dispatchEvent(new PointerEvent('pointermove', { clientX: 60, clientY: 40 }));
            result.moved = svg.getAttribute('viewBox') !== before;
            const wide = +svg.getAttribute('viewBox').split(' ')[2];
            graph.dispatchEvent(new WheelEvent('wheel', { deltaY: -200, clientX: 100, clientY: 100, cancelable: true })); result.zoomed = +svg.getAttribute('viewBox').split(' ')[2] < wide;
            const layers = document.querySelector('#layers table'), flop = [...layers.querySelectorAll('th')].find(t => t.textContent === 'FLOP'); flop.click();
            result.flops = [...layers.tBodies[0].rows].map(r => +r.cells[[...flop.parentNode.children].indexOf(flop)].dataset.v);
            result.slots = document.querySelectorAll('#memory .slot').length;
            document.title = JSON.stringify(result);
            """;
        File.WriteAllText(scratch["acting.html"], File.ReadAllText(scratch["model.html"]).Replace("</body>", $"<script>{act}</script></body>", StringComparison.Ordinal));
        var seen = Tool.Run("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--window-size=1200,900", $"--user-data-dir={scratch["browser"]}", "--dump-dom", "file://" + scratch["acting.html"]);
        using var json = JsonDocument.Parse(System.Net.WebUtility.HtmlDecode(Title().Match(seen).Groups[1].Value));
        JsonElement Result(string name) => json.RootElement.GetProperty(name);
        Assert.Equal(10, Result("steps").GetInt32());
        Assert.InRange(Result("hits").GetInt32(), 2, 5); // both, and those of which a decision speaks of them
        Assert.Equal($"{Result("hits").GetInt32()} found", Result("found").GetString());
        Assert.Contains("= max_pool(", Result("detail").GetString(), StringComparison.Ordinal);
        Assert.True(Result("moved").GetBoolean() && Result("zoomed").GetBoolean());
        var flops = Result("flops").EnumerateArray().Select(f => f.GetDouble()).ToList();
        Assert.True(flops.Count > 2 && flops.SequenceEqual(flops.OrderDescending()));
        Assert.True(Result("slots").GetInt32() >= 2);
    }

    private static string Model => Path.GetFullPath(CProgram.Repository("tests", "models", "opt_mnist"));

    [GeneratedRegex(@"<(/?)([A-Za-z!][A-Za-z0-9]*)(?:\s[^>]*)?>")]
    private static partial Regex Tag();

    [GeneratedRegex("<(script|style)>.*?</\\1>", RegexOptions.Singleline)]
    private static partial Regex Script();

    [GeneratedRegex("<title>(\\{.*?)</title>", RegexOptions.Singleline)]
    private static partial Regex Title();
}

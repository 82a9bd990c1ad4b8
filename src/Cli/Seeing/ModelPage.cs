using System.Text;
using Lathe.Passes;

namespace Lathe.Cli.Seeing;

/// <summary>A model as a page: its graph to move and search in, what each pass did, its kernels, the arena over a run, its weights.</summary>
internal static class ModelPage
{
    /// <summary>Weights that bars are drawn for: the largest.</summary>
    private const int Bars = 60;

    /// <param name="title">Of the page.</param>
    /// <param name="head">What stands before the graph, as it stands on the page.</param>
    /// <param name="program">What runs.</param>
    /// <param name="trail">What led there.</param>
    /// <param name="roofline">What each call is expected to take.</param>
    /// <param name="build">Decisions, and what compression did.</param>
    public static string Print(string title, string head, Program program, PassTrail trail, Roofline roofline, ModelBuild build)
    {
        var body = new StringBuilder(head);
        var kernels = program.Steps.Calls.Where(c => c.Info is not null).SelectMany(c => c.Info!.Nodes.Select(node => (node, c))).GroupBy(p => p.node, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.First().c, StringComparer.Ordinal);
        var notes = build.Notes.ToLookup(n => n.Node, StringComparer.Ordinal);
        if (trail.Drawn is { } graph)
            body.Append("<h2>Graph</h2>\n<p><input id=\"find\" type=\"search\" placeholder=\"find a name, an operator, a type\"><span id=\"found\"></span></p>\n<div id=\"graph\">")
                .Append(GraphDrawing.Svg(graph, More)).Append("</div>\n<pre id=\"detail\">Drag to move, turn the wheel to zoom, click a step to see what it is.</pre>\n");
        body.Append("<h2>Passes</h2>\n<div id=\"passes\">").Append(trail.Table()).Append(CultureInfo.InvariantCulture, $"</div>\n<details><summary>as a pipeline</summary><pre>{Html.Text(build.Pipeline.Print())}</pre></details>\n");
        body.Append("<h2>Layers</h2>\n<div id=\"layers\">").Append(Layers(roofline)).Append("</div>\n<h2>Memory over a run</h2>\n").Append(MemoryMap.Svg(program));
        body.Append("<h2>Weights</h2>\n<div id=\"weights\">").Append(Weights(build)).Append("</div>\n<h2>Decisions</h2>\n");
        body.Append(Html.Table(["node", "pass", "what and why"], build.Notes.OrderBy(n => n.Node, StringComparer.Ordinal).Select(n => (IEnumerable<string>)[Html.Cell(n.Node), Html.Cell(n.Pass), Html.Cell(n.Text)])));
        return Html.Page(title, body.ToString());

        string More(string name) => (kernels.TryGetValue(name, out var call) ? $"\nkernel {call.Name}: {call.Info!.Template}" : "") + string.Concat(notes[name].Select(n => $"\n{n.Pass}: {n.Text}"));
    }

    private static string Layers(Roofline roofline)
    {
        var most = roofline.Layers.Select(l => l.Microseconds).DefaultIfEmpty(0).Max();
        return Html.Table(["#", "nodes", "template", "expected us", "bound", "#FLOP", "#bytes", "#FLOP/byte"], roofline.Layers.Select((l, i) => (IEnumerable<string>)
        [
            Html.Count(i), Html.Cell(string.Join(' ', l.Nodes)), Html.Cell(l.Template), Html.Bar(l.Microseconds, most, Html.Number(l.Microseconds, l.Microseconds < 1 ? "0.000" : "0.0")), Html.Cell(l.Bound),
            Html.Count(l.Flops), Html.Count(l.Bytes), Html.Count(l.Flops / Math.Max(1, l.Bytes), "0.0"),
        ]));
    }

    /// <summary>Of compressed weights how large they were and are, and what that lost; of others how large they are.</summary>
    private static string Weights(ModelBuild build)
    {
        var losses = build.Losses.ToLookup(l => l.Weight, StringComparer.Ordinal);
        var all = (build.Compressed?.Weights ?? []).DistinctBy(w => w.Name).Select(w => (w.Name, Type: w.Type.ToString(), Bytes: w.Planes.Sum(p => p.Length), Count: w.Type.IsStatic ? w.Type.Count : 0, Loss: losses[w.Name].FirstOrDefault()))
            .OrderByDescending(w => w.Loss?.BytesBefore ?? w.Bytes).ThenBy(w => w.Name, StringComparer.Ordinal).ToList();
        if (all.Count == 0) return "<p>No weights.</p>\n";
        var most = (double)all.Max(w => Math.Max(w.Bytes, w.Loss?.BytesBefore ?? 0));
        var left = all.Count - Bars;
        return Html.Table(["weight", "type", "bytes, in grey before compression", "#bits", "method", "SQNR, dB", "#cosine", "#output error"], all.Take(Bars).Select(w => (IEnumerable<string>)
        [
            Html.Cell(w.Name), Html.Cell(w.Type), Html.Bar(w.Bytes, most, Quantity.Bytes(w.Bytes), w.Loss?.BytesBefore, w.Loss is { } of ? Quantity.Bytes(of.BytesBefore) : ""), Html.Count(w.Bytes * 8.0 / Math.Max(1, w.Count), "0.00"), Html.Cell(w.Loss?.Method.ToString() ?? ""),
            w.Loss is { } loss ? Html.Bar(Math.Clamp(loss.Sqnr, 0, 60), 60, Html.Number(loss.Sqnr, "0.0")) : Html.Cell(""), w.Loss is { } l ? Html.Count(l.Cosine, "0.00000") : Html.Cell(""), w.Loss?.OutputError is { } error ? Html.Count(error, "0.0E+0") : Html.Cell(""),
        ])) + (left > 0 ? FormattableString.Invariant($"<p>and {left} smaller ones</p>\n") : "");
    }
}

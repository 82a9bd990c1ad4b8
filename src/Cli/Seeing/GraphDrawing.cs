using System.Text;

namespace Lathe.Cli.Seeing;

/// <summary>A graph as a picture: a step a box, each below all that it reads, side by side so that few lines cross.</summary>
/// <remarks>Layers by the longest way from the inputs, order within a layer by the mean place of neighbours: Sugiyama, Tagawa and Toda (1981).</remarks>
internal static class GraphDrawing
{
    private const int Width = 170, Height = 34, Across = 190, Down = 62, Sweeps = 4;

    /// <param name="graph">As the passes on graphs left it.</param>
    /// <param name="more">What else is known of a value, by its name.</param>
    public static string Svg(Graph graph, Func<string, string> more)
    {
        var boxes = new List<Box>();
        var makers = new Dictionary<Value, Box>();
        foreach (var input in graph.Inputs) boxes.Add(makers[input] = new("input", input.Name, $"input %{input.Name}: {input.Type}", "put", []));
        foreach (var node in graph.Nodes.SelectMany(n => n.Body?.Nodes ?? [n]))
        {
            var weights = node.Operands.OfType<Value>().Where(v => v.IsWeight).ToList();
            var told = $"%{node.Result.Name} = {node.Op}\n{string.Join('\n', node.Operands.Select(v => v is null ? "  _" : $"  {v}: {v.Type}"))}\n-> {string.Join(", ", node.Results.Select(r => r.Type))}{more(node.Result.Name)}";
            var box = new Box(node.Op.Name, node.Result.Name, told, weights.Count > 0 ? "weighty" : "", [.. node.Reads.Where(makers.ContainsKey).Select(v => makers[v]).Distinct()]);
            boxes.Add(box);
            foreach (var result in node.Results) makers[result] = box;
        }
        foreach (var output in graph.Outputs.Where(makers.ContainsKey)) boxes.Add(new("output", output.Name, $"output %{output.Name}: {output.Type}", "put", [makers[output]]));
        return Draw(boxes);
    }

    private static string Draw(List<Box> boxes)
    {
        foreach (var box in boxes) box.Layer = box.Reads.Count == 0 ? 0 : box.Reads.Max(b => b.Layer) + 1;
        var readers = boxes.SelectMany(b => b.Reads.Select(r => (From: r, To: b))).ToLookup(p => p.From, p => p.To);
        var layers = boxes.GroupBy(b => b.Layer).OrderBy(g => g.Key).Select(g => g.ToList()).ToList();
        foreach (var layer in layers) foreach (var (place, box) in layer.Index()) box.X = place - (layer.Count - 1) / 2.0;
        for (var sweep = 0; sweep < Sweeps; sweep++)
            foreach (var layer in sweep % 2 == 0 ? layers : Enumerable.Reverse(layers))
            {
                double Wanted(Box box) => (sweep % 2 == 0 ? box.Reads : (IEnumerable<Box>)readers[box]).Select(b => b.X).DefaultIfEmpty(box.X).Average();
                var order = layer.OrderBy(Wanted).ToList();
                // Each where it wants to be, but not over the one before.
                for (var i = 0; i < order.Count; i++) order[i].X = i == 0 ? Wanted(order[i]) : Math.Max(order[i - 1].X + 1, Wanted(order[i]));
            }
        var (left, right) = (boxes.Min(b => b.X), boxes.Max(b => b.X));
        int At(Box box) => (int)Math.Round((box.X - left) * Across) + 10;
        int Top(Box box) => box.Layer * Down + 10;
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {(int)((right - left) * Across) + Width + 20} {layers.Count * Down + 20}\">\n");
        Edges("edge", (from, to) => to.Layer == from.Layer + 1);
        foreach (var box in boxes)
            text.Append(CultureInfo.InvariantCulture, $"<g class=\"step {box.Kind}\"><title>{Html.Text(box.Told)}</title><rect x=\"{At(box)}\" y=\"{Top(box)}\" width=\"{Width}\" height=\"{Height}\" rx=\"4\"/><text x=\"{At(box) + 8}\" y=\"{Top(box) + 14}\">{Html.Text(box.Op)}</text><text class=\"name\" x=\"{At(box) + 8}\" y=\"{Top(box) + 28}\">{Html.Text(Short(box.Name))}</text></g>\n");
        // A line past other layers may cross boxes: before them it is seen to go on, behind them it would seem to end there.
        Edges("edge far", (from, to) => to.Layer > from.Layer + 1);
        return text.Append("</svg>\n").ToString();

        void Edges(string kind, Func<Box, Box, bool> isOne)
        {
            foreach (var box in boxes) foreach (var from in box.Reads.Where(r => isOne(r, box)))
                text.Append(CultureInfo.InvariantCulture, $"<path class=\"{kind}\" d=\"M{At(from) + Width / 2} {Top(from) + Height}C{At(from) + Width / 2} {Top(from) + Down} {At(box) + Width / 2} {Top(box) - Down + Height} {At(box) + Width / 2} {Top(box)}\"/>\n");
        }
    }

    /// <summary>The end of a long name says most.</summary>
    private static string Short(string name) => name.Length <= 25 ? name : "…" + name[^24..];

    private sealed class Box(string op, string name, string told, string kind, List<Box> reads)
    {
        public string Op => op;
        public string Name => name;
        public string Told => told;
        public string Kind => kind;
        public List<Box> Reads => reads;
        public int Layer { get; set; }
        public double X { get; set; }
    }
}

using System.Globalization;
using System.Text;

namespace Lathe.Benchmarks;

/// <summary>Lines over a share from 0 to 1, drawn as SVG: how many times as fast something is, and where that is once.</summary>
public sealed class Curves(string title, string across)
{
    private const int Left = 50, Top = 30, Width = 420, Height = 260, Legend = 260;

    private readonly List<(string Name, IReadOnlyList<(double X, double Y)> Points)> lines = [];

    /// <summary>Adds a line.</summary>
    /// <param name="points">In the order of their shares.</param>
    public void Add(string name, IReadOnlyList<(double X, double Y)> points) => lines.Add((name, points));

    /// <summary>Where a line comes down to 1, between its points; null where it does not.</summary>
    public static double? Even(IReadOnlyList<(double X, double Y)> points)
    {
        for (var i = 1; i < points.Count; i++)
            if (points[i - 1].Y >= 1 && points[i].Y < 1) return points[i - 1].X + (points[i].X - points[i - 1].X) * (points[i - 1].Y - 1) / (points[i - 1].Y - points[i].Y);
        return null;
    }

    /// <summary>The drawing, at a height down the page.</summary>
    /// <param name="down">Where its top is.</param>
    public string Svg(int down)
    {
        var most = Math.Max(2, Math.Ceiling(lines.SelectMany(l => l.Points).Select(p => p.Y).DefaultIfEmpty(1).Max()));
        var text = new StringBuilder();
        double X(double share) => Left + share * Width;
        double Y(double times) => Top + Height - Math.Min(times, most) / most * Height;
        text.Append(CultureInfo.InvariantCulture, $"<g transform=\"translate(0 {down})\" font-family=\"sans-serif\" font-size=\"12\">\n<text x=\"{Left}\" y=\"18\" font-weight=\"bold\">{title}</text>\n");
        for (var times = 0; times <= most; times += most > 6 ? 2 : 1)
            text.Append(CultureInfo.InvariantCulture, $"<path d=\"M{Left} {Y(times):0.#}h{Width}\" stroke=\"{(times == 1 ? "#000" : "#ddd")}\"/><text x=\"{Left - 8}\" y=\"{Y(times) + 4:0.#}\" text-anchor=\"end\">{times}</text>\n");
        text.Append(CultureInfo.InvariantCulture, $"<path d=\"M{Left} {Y(1):0.#}h{Width}\" stroke=\"#000\" stroke-dasharray=\"4 3\"/>\n");
        for (var share = 0; share <= 10; share += 2)
            text.Append(CultureInfo.InvariantCulture, $"<text x=\"{X(share / 10.0):0.#}\" y=\"{Top + Height + 16}\" text-anchor=\"middle\">{share * 10} %</text>\n");
        text.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left + Width / 2}\" y=\"{Top + Height + 32}\" text-anchor=\"middle\">{across}</text>\n");
        foreach (var (number, (name, points)) in lines.Index())
        {
            var colour = string.Create(CultureInfo.InvariantCulture, $"hsl({number * 67 % 360} 65% 42%)");
            var even = Even(points) is { } share ? string.Create(CultureInfo.InvariantCulture, $", even at {share * 100:0} %") : "";
            text.Append(CultureInfo.InvariantCulture, $"<polyline fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\" points=\"{string.Join(' ', points.Select(p => string.Create(CultureInfo.InvariantCulture, $"{X(p.X):0.#},{Y(p.Y):0.#}")))}\"/>\n");
            text.Append(CultureInfo.InvariantCulture, $"<path d=\"M{Left + Width + 16} {Top + 10 + number * 18}h16\" stroke=\"{colour}\" stroke-width=\"2\"/><text x=\"{Left + Width + 38}\" y=\"{Top + 14 + number * 18}\">{name}{even}</text>\n");
        }
        return text.Append("</g>\n").ToString();
    }

    /// <summary>Several drawings under one another.</summary>
    public static string Page(params IReadOnlyList<Curves> all)
    {
        var each = Top + Height + 50;
        return string.Create(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Left + Width + Legend} {each * all.Count}\">\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n") + string.Concat(all.Select((curves, i) => curves.Svg(i * each))) + "</svg>\n";
    }
}

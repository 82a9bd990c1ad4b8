using Lathe.Passes;

namespace Lathe.Cli;

/// <summary>What compression did to the weights of a model: totals, layer by layer, and what was left alone and why.</summary>
internal sealed record CompressionReport(Seq<LayerLoss> Losses, Seq<Note> Left, Seq<StateLoss> States = default)
{
    /// <summary>Layers that a text names.</summary>
    private const int Shown = 5;

    /// <summary>Passes that trade accuracy for size.</summary>
    private static readonly HashSet<string> Compressing = [.. PassList.Ordered().Where(pass => pass.Stage == Stage.Compress).Select(pass => pass.Name)];

    public static CompressionReport Of(ModelBuild build) => new([.. build.Losses.OrderByDescending(Size).ThenBy(l => l.Weight, StringComparer.Ordinal)], [.. build.Notes.Where(n => Compressing.Contains(n.Pass))], [.. build.States.OrderBy(s => s.Output, StringComparer.Ordinal)]);

    private long Before => Losses.Sum(l => l.BytesBefore);
    private long After => Losses.Sum(l => l.BytesAfter);
    private double Bits => After * 8.0 / Math.Max(1, Losses.Sum(l => l.Before.Count));

    /// <summary>The worst first: by what their outputs lose where that is known.</summary>
    private static double Size(LayerLoss loss) => loss.OutputError ?? loss.Error;

    /// <summary>Lines of a report for people; none where nothing was compressed.</summary>
    public IEnumerable<(string What, string Text)> Lines()
    {
        if (Losses.Count == 0 && Left.Count == 0) yield break;
        foreach (var kind in States.GroupBy(s => s.Grows))
            yield return ("states", string.Create(CultureInfo.InvariantCulture, $"{kind.Count()} from {kind.Sum(s => s.BytesBefore)} to {kind.Sum(s => s.BytesAfter)} bytes{(kind.Key ? " a token" : "")}, as {string.Join(" and ", kind.Select(s => s.Format).Distinct())}{(kind.Max(s => s.Error) is { } error ? $"; what a run adds is off by {error:0.0E+0} of its mean square at most{(kind.Max(s => s.UnseenError) is { } unseen ? $" ({unseen:0.0E+0} on unseen data)" : "")}" : "")}"));
        if (Losses.Count == 0 && States.Count > 0) yield break;
        if (Losses.Count == 0) yield return ("compressed", $"no weight is stored otherwise; {Left.Count} notes, see --json or --emit=report");
        else yield return ("compressed", string.Create(CultureInfo.InvariantCulture, $"{Losses.Count} weights from {Quantity.Bytes(Before)} to {Quantity.Bytes(After)}, {Bits:0.00} bits per weight{(Left.Count == 0 ? "" : $"; {Left.Count} notes, see --json or --emit=report")}"));
        foreach (var loss in Losses.Take(Shown)) yield return ("", $"{loss.Node}: {Detail(loss)}");
        if (Losses.Count > Shown) yield return ("", $"… the other {Losses.Count - Shown} lose less");
    }

    private static string Detail(LayerLoss loss) => string.Create(CultureInfo.InvariantCulture,
        $"{(loss.After.Shape == loss.Before.Shape ? loss.After.Encoding : loss.After)} by {loss.Method}, {loss.BitsPerWeight:0.00} bits{(loss.Error == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $", SQNR {loss.Sqnr:0.0} dB, cosine {loss.Cosine:0.0000}"))}{(loss.OutputError is { } error ? $", output error {error:0.0E+0}" : "")}{(loss.UnseenError is { } unseen ? $" ({unseen:0.0E+0} on unseen data)" : "")}");

    public void Json(System.Text.Json.Utf8JsonWriter json)
    {
        if (Losses.Count == 0 && Left.Count == 0) return;
        json.WriteStartObject("compression");
        json.WriteNumber("bytes_before", Before);
        json.WriteNumber("bytes_after", After);
        json.WriteReal("bits_per_weight", Bits);
        json.WriteObjects("layers", Losses, loss =>
        {
            json.WriteString("node", loss.Node);
            json.WriteString("weight", loss.Weight);
            json.WriteString("type", loss.After.ToString());
            json.WriteString("method", loss.Method);
            json.WriteNumber("bytes_before", loss.BytesBefore);
            json.WriteNumber("bytes_after", loss.BytesAfter);
            json.WriteReal("bits_per_weight", loss.BitsPerWeight);
            json.WriteReal("error", loss.Error);
            json.WriteReal("sqnr_db", loss.Sqnr);
            json.WriteReal("cosine", loss.Cosine);
            if (loss.OutputError is { } error) json.WriteReal("output_error", error);
            if (loss.UnseenError is { } unseen) json.WriteReal("unseen_error", unseen);
        });
        if (States.Count > 0) json.WriteObjects("states", States, state =>
        {
            json.WriteString("input", state.Input);
            json.WriteString("output", state.Output);
            json.WriteString("format", state.Format);
            json.WriteBoolean("grows", state.Grows);
            json.WriteNumber("bytes_before", state.BytesBefore);
            json.WriteNumber("bytes_after", state.BytesAfter);
            if (state.Error is { } error) json.WriteReal("error", error);
            if (state.UnseenError is { } unseen) json.WriteReal("unseen_error", unseen);
        });
        json.WriteObjects("notes", Left, note =>
        {
            json.WriteString("node", note.Node);
            json.WriteString("text", note.Text);
        });
        json.WriteEndObject();
    }
}

using Lathe.Passes;

namespace Lathe.Cli;

/// <summary>How long each kernel of a model is expected to take on a machine, and what holds it back: arithmetic or memory. Nothing is run.</summary>
/// <remarks>Williams, Waterman and Patterson, Roofline: An Insightful Visual Performance Model (2009). Open dimensions stand at their usual extent.</remarks>
internal sealed class Roofline
{
    private readonly Machine machine;
    private readonly string at;

    /// <param name="program">As scheduled for the machine.</param>
    /// <param name="paces">What the cost model says of each call.</param>
    public Roofline(Program program, IReadOnlyDictionary<string, Pace> paces, Machine machine)
    {
        (this.machine, at) = (machine, program.Symbols.Count == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" with open dimensions at {Sizes.Typical}"));
        Footprint = Estimate.Footprint(program);
        var estimates = Estimate.Of(program, paces, machine);
        Layers = [.. program.Steps.Calls.Where(call => call.Info is not null).Select(call => new Layer(call.Info!.Nodes, call.Info.Template, Sizes.Guess(call.Info.Flops), Sizes.Guess(call.Info.Bytes), estimates[call.Name]))];
    }

    /// <summary>One call of a kernel.</summary>
    /// <param name="Nodes">What it computes, by the model's names.</param>
    /// <param name="Flops">By the definition of its nodes; a faster algorithm does not lower it.</param>
    /// <param name="Bytes">That it must read and write.</param>
    /// <param name="Expected">What the cost model says of it.</param>
    public sealed record Layer(Seq<string> Nodes, string Template, double Flops, double Bytes, Estimate Expected)
    {
        public double Microseconds => Expected.Microseconds;
        public string Bound => Expected.Arithmetic >= Expected.Memory ? "compute" : "memory";
    }

    public Seq<Layer> Layers { get; }

    /// <summary>Bytes of weights and arena: from the level that holds them a run reads.</summary>
    public double Footprint { get; }

    /// <summary>GB/s that one thread reads from there.</summary>
    public double ReadRate => machine.ReadRate(Footprint);

    public double Milliseconds => Layers.Sum(l => l.Microseconds) / 1e3;

    public string Text()
    {
        static string Real(double value, string form) => value.ToString(form, CultureInfo.InvariantCulture);
        var rows = Layers.Select(l => (string[])
        [
            Real(l.Microseconds, "0.0"), Real(100 * l.Microseconds / 1e3 / Milliseconds, "0.0") + " %", l.Bound, Quantity.Count(l.Flops), Quantity.Bytes((long)l.Bytes), Real(l.Flops / Math.Max(1, l.Bytes), "0.0"), l.Template, string.Join(' ', l.Nodes),
        ]).ToList();
        return FormattableString.Invariant($"roofline of {machine.Name}, one thread: {machine.Gflops:0} GFLOP/s, {ReadRate:0.0} GB/s from where {Quantity.Bytes((long)Footprint)} of weights and arena lie, ridge at {machine.Gflops / ReadRate:0.0} FLOP a byte\n")
            + FormattableString.Invariant($"expected {Quantity.Milliseconds(Milliseconds)}{at}: arithmetic holds back {Layers.Count(l => l.Bound == "compute")}, memory {Layers.Count(l => l.Bound == "memory")}\n\n")
            + TableText.Print(["us", "share", "bound", "FLOP", "bytes", "FLOP/byte", "template", "nodes"], rows);
    }

    public void Json(System.Text.Json.Utf8JsonWriter json)
    {
        json.WriteStartObject("roofline");
        json.WriteString("cpu", machine.Name);
        json.WriteReal("peak_gflops_per_second", machine.Gflops);
        json.WriteReal("gbytes_per_second", ReadRate);
        json.WriteReal("expected_ms", Milliseconds);
        json.WriteObjects("layers", Layers, l =>
        {
            json.WriteList("nodes", l.Nodes, json.WriteStringValue);
            json.WriteString("template", l.Template);
            json.WriteReal("flops", l.Flops);
            json.WriteReal("bytes", l.Bytes);
            json.WriteString("bound", l.Bound);
            json.WriteReal("arithmetic_us", l.Expected.Arithmetic);
            json.WriteReal("memory_us", l.Expected.Memory);
            json.WriteReal("expected_us", l.Microseconds);
        });
        json.WriteEndObject();
    }
}

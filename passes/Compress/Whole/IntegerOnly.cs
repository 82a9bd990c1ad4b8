using System.ComponentModel;
using System.Globalization;
using Lathe.Ir;
using Lathe.Ir.Ops;

namespace Lathe.Passes;

/// <summary>
/// Stores every value that lies between two kernels as whole numbers with one step, which calibration tells: behind it no float tensor is left inside the model.
/// <c>whole_arithmetic</c> then has the kernels compute in whole numbers too. Comes with <c>quantize(activations=u8)</c>, which stores what weights are multiplied with in bytes.
/// </summary>
/// <param name="Kind">What is stored: i16, or i8 where accuracy matters less than bytes.</param>
[Description("stores values between kernels as whole numbers: integer_only")]
public sealed record IntegerOnly(Scalar Kind = Scalar.I16) : GraphPass
{
    /// <summary>Room for what calibration did not see.</summary>
    private const double Room = 1.1;

    public override Stage Stage => Stage.Fuse;
    public override Seq<string> After => ["fuse"];
    public override Seq<string> Before => ["spread_moves", "channels_last"];
    public override bool TakesSelector => true;
    public override bool IsDefault => false;
    public override bool NeedsStatistics => true;

    protected override Graph Run(Graph graph, Compilation compilation)
    {
        if (compilation.Calibration is not { } calibration) throw new DiagnosticException([new("LT3250", $"{Name}: which step suits a value shows in data, and none was run", "", "quantize(activations=u8) before it and --calibrate DATA: --quantize \"int8, integer_only\"")]);
        if (Kind is not (Scalar.I8 or Scalar.I16 or Scalar.I32)) throw new DiagnosticException([new("LT3250", $"{Name}: values are not stored as {RecordText.Show(Kind)}", "", "kind=i16, or kind=i8 and kind=i32")]);
        var (nodes, now) = (new List<Node>(), new Dictionary<Value, Value>());
        Value Now(Value v) => now.GetValueOrDefault(v, v);
        foreach (var input in graph.Inputs.Where(IsReal))
            if (Format(input, calibration, compilation) is { } format) nodes.Add(new(new Encode(format), [input], [now[input] = new($"{input.Name}.whole", input.Type.With(format))]));
        foreach (var node in graph.Nodes)
        {
            var step = node.Map(v => node.Results.Contains(v) ? v : Now(v));
            if (node.Op is RegionOp || node.Results is not [var result] || !IsReal(result) || graph.Outputs.Contains(result) || !ActsOn(node) || Format(result, calibration, compilation) is not { } format)
            {
                nodes.Add(step);
                continue;
            }
            now[result] = new($"{result.Name}.whole", result.Type.With(format));
            nodes.Add(Fused.Of([.. step.Body?.Nodes ?? [step], new(new Encode(format), [result], [now[result]])]));
        }
        return graph with { Nodes = [.. nodes] };
    }

    private static bool IsReal(Value value) => value.Type is { Scalar: Scalar.F32, Encoding: Dense };

    private Whole? Format(Value value, Calibration calibration, Compilation compilation)
    {
        var far = calibration.Of(value.Name)?.AbsMax;
        if (far is { } most && double.IsFinite(most)) return new(Kind, (float)(Math.Max(most, 1e-20) * Room / Kind.Range.High));
        compilation.Notes.Add(Name, value.Name, far is null ? $"{value} stays f32: calibration did not see it" : string.Create(CultureInfo.InvariantCulture, $"{value} stays f32: it reaches {far}"));
        return null;
    }
}

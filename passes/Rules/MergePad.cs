using Lathe.Ir;
using Lathe.Ir.Ops;

namespace Lathe.Passes.Rules;

/// <summary>Zeros put around an image before a convolution are the convolution's own padding.</summary>
public sealed record MergePad : Rule
{
    public override Improvement? Improve(Node step, Surroundings around)
    {
        if (step.Op is not Conv { AutoPad: "NOTSET" or "VALID" } conv || around.Maker(step.Operands[0]) is not { Op: Pad { Mode: "constant" } } pad || pad.Operands is not [{ } image, { Known: { } pads }, ..]) return null;
        if (pad.Operands.Count > 2 && pad.Operands[2] is { } filling && filling.Known is not [Number { Real: 0, Integer: 0 }] || pad.Operands.Count > 3 && pad.Operands[3] is not null) return null;
        var rank = image.Type.Rank;
        if (pads.Count != 2 * rank || !pads.All(e => e is Number { Integer: >= 0 }) || pads[0].Whole + pads[1].Whole + pads[rank].Whole + pads[rank + 1].Whole > 0) return null;
        var (own, spatial) = (conv.AutoPad == "VALID" || conv.Pads is [] ? [.. new long[2 * (rank - 2)]] : conv.Pads, Enumerable.Range(0, rank - 2));
        Seq<long> sum = [.. spatial.Select(i => own[i] + pads[i + 2].Whole), .. spatial.Select(i => own[rank - 2 + i] + pads[rank + i + 2].Whole)];
        return Improvement.To(step with { Op = conv with { AutoPad = "NOTSET", Pads = sum }, Operands = [image, .. step.Operands.Skip(1)] });
    }
}

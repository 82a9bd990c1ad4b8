using System.Text;
using Lathe.Passes;

namespace Lathe.Cli.Seeing;

/// <summary>The arena over a run: a value is a box, from the call that makes it to the last that reads it, as high as it is large; grey is what kernels lay out while they run. Open dimensions at their usual extent.</summary>
internal static class MemoryMap
{
    private const int Width = 1100, Height = 320;

    public static string Svg(Program program)
    {
        var lives = new Lifetimes(program.Steps);
        var arena = Math.Max(1, Sizes.Guess(program.ArenaBytes));
        var used = lives.Slots.ToHashSet(StringComparer.Ordinal);
        var slots = program.Slots.Where(s => s.Kind == SlotKind.Arena && used.Contains(s.Name)).ToList();
        if (slots.Count == 0) return "<p>No value lies in the arena.</p>\n";
        var calls = Math.Max(1, lives.Count);
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"<svg id=\"memory\" xmlns=\"http://www.w3.org/2000/svg\" width=\"{Width + 60}\" height=\"{Height + 20}\">\n");
        var kernels = program.Kernels.ToDictionary(k => k.Name, StringComparer.Ordinal);
        foreach (var call in program.Steps.Calls.Where(c => c.Scratch is not null))
            Rectangle("scratch", "", $"scratch of {call.Name}", lives.Places[call], lives.Places[call], Sizes.Guess(call.Scratch!), Sizes.Guess(ScratchLayout.Of(kernels[call.Kernel]).Bytes));
        foreach (var (number, slot) in slots.Index())
        {
            var (first, last) = lives[slot.Name];
            Rectangle("slot", FormattableString.Invariant($" fill=\"hsl({number * 47 % 360} 55% 62%)\""), slot.Name, first, last, Sizes.Guess(slot.Offset), Sizes.Guess(slot.Bytes));
        }
        text.Append(CultureInfo.InvariantCulture, $"<text class=\"axis\" x=\"0\" y=\"10\">{Html.Text(Quantity.Bytes(arena))}</text><text class=\"axis\" x=\"0\" y=\"{Height}\">0</text><text class=\"axis\" x=\"60\" y=\"{Height + 14}\">call 0</text><text class=\"axis\" x=\"{Width + 60}\" y=\"{Height + 14}\" text-anchor=\"end\">call {calls - 1}</text>\n");
        return text.Append("</svg>\n").ToString();

        void Rectangle(string kind, string fill, string name, int first, int last, double offset, double bytes) => text.Append(CultureInfo.InvariantCulture,
            $"<rect class=\"{kind}\" x=\"{60 + (double)first / calls * Width:0.##}\" y=\"{Height - (offset + bytes) / arena * Height:0.##}\" width=\"{(last - first + 1.0) / calls * Width:0.##}\" height=\"{bytes / arena * Height:0.##}\"{fill}><title>{Html.Text(name)}: {Html.Text(Quantity.Bytes((long)bytes))} at {offset:0}, {(first == last ? $"call {first}" : $"calls {first} to {last}")}</title></rect>\n");
    }
}

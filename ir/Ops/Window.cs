namespace Lathe.Ir;

/// <summary>A window that slides over spatial axes, as convolutions and pools share it: where it reads, and how many results there are.</summary>
/// <param name="Results">Extent of each axis of the result.</param>
/// <param name="IsPadded">Whether it reads beyond the image.</param>
/// <param name="Begin">Elements of padding before each axis.</param>
/// <param name="End">Elements of padding after each axis.</param>
public sealed record Window(Seq<Expr> Results, Seq<long> Strides, Seq<long> Dilations, Seq<Expr> Begin, Seq<Expr> End, bool IsPadded)
{
    /// <param name="x">Whose checks say that the window fits.</param>
    /// <param name="image">Extents of the spatial axes.</param>
    /// <param name="taps">Extents of the window.</param>
    /// <param name="autoPad">NOTSET, VALID, SAME_UPPER or SAME_LOWER.</param>
    /// <param name="pads">The beginning of each axis, then the end of each.</param>
    /// <param name="ceil">Whether a window that is partly beyond the padded image counts.</param>
    public static Window Of(Operands x, Shape image, Shape taps, string autoPad, Seq<long> strides, Seq<long> dilations, Seq<long> pads, bool ceil = false)
    {
        var rank = image.Count;
        Expect(strides, rank, "strides");
        Expect(dilations, rank, "dilations");
        Expect(pads, 2 * rank, "pads");
        Seq<long> steps = strides is [] ? [.. Enumerable.Repeat(1L, rank)] : strides, apart = dilations is [] ? [.. Enumerable.Repeat(1L, rank)] : dilations;
        if (steps.Concat(apart).Any(s => s < 1)) throw new TypeException($"strides {steps} and dilations {apart} must be positive");
        var (results, begin, end, padded) = (new Expr[rank], new Expr[rank], new Expr[rank], false);
        for (var i = 0; i < rank; i++)
        {
            var reach = Linear.Simplify((taps[i] - 1) * apart[i] + 1);
            if (autoPad is "SAME_UPPER" or "SAME_LOWER")
            {
                results[i] = Linear.Simplify((image[i] + (steps[i] - 1)) / steps[i]);
                var total = Linear.Simplify(Expr.Max((results[i] - 1) * steps[i] + reach - image[i], 0));
                begin[i] = Linear.Simplify(autoPad == "SAME_UPPER" ? total / 2 : (total + 1) / 2);
                end[i] = Linear.Simplify(total - begin[i]);
                padded |= total is not Number { Integer: 0 };
                continue;
            }
            var (before, after) = autoPad == "VALID" || pads is [] ? (0, 0) : (pads[i], pads[rank + i]);
            var room = Linear.Simplify(image[i] + (before + after) - reach);
            x.Check(0 <= room, $"the window of {reach} does not fit the padded image of {Linear.Simplify(image[i] + (before + after))} along spatial axis {i}");
            (begin[i], end[i]) = (before, after);
            results[i] = Linear.Simplify((ceil ? room + (steps[i] - 1) : room) / steps[i] + 1);
            // A last window that would start in the padding after the image does not count.
            if (ceil) results[i] = Linear.Simplify(Expr.Select((results[i] - 1) * steps[i] < image[i] + before, results[i], results[i] - 1));
            padded |= before != 0 || after != 0 || ceil;
        }
        return new(new(results), steps, apart, new(begin), new(end), padded);
    }

    /// <summary>Where in the image a tap of a result's window reads.</summary>
    public IEnumerable<Expr> Taps(Seq<Expr> result, Seq<Expr> tap) => Enumerable.Range(0, result.Count).Select(i => result[i] * Strides[i] + tap[i] * Dilations[i] - Begin[i]);

    /// <summary>How many taps of a result's window are inside the image, or inside the padded image.</summary>
    /// <param name="image">Extents of the spatial axes.</param>
    /// <param name="taps">Extents of the window.</param>
    public Expr Inside(Shape image, Shape taps, Seq<Expr> result, bool padded)
    {
        Expr count = 1;
        for (var i = 0; i < result.Count; i++)
        {
            var (start, apart) = (Linear.Simplify(result[i] * Strides[i] - Begin[i]), Dilations[i]);
            var (low, high) = padded ? (0 - Begin[i], image[i] + End[i]) : (0, image[i]);
            var first = Linear.Simplify(Expr.Max(0, (low - start + (apart - 1)) / apart));
            var after = Linear.Simplify(Expr.Min(taps[i], (high - start + (apart - 1)) / apart));
            count *= Linear.Simplify(after - first);
        }
        return Linear.Simplify(count);
    }

    private static void Expect(Seq<long> values, int count, string what)
    {
        if (values.Count != 0 && values.Count != count) throw new TypeException($"{what} must have {count} numbers, it has {values.Count}");
    }
}

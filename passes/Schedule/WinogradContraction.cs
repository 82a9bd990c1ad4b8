using Lathe.Ir;
using static Lathe.Ir.Stmts;
using static Lathe.Passes.Placement;

namespace Lathe.Passes;

/// <summary>
/// The template for sums over a window that moves one step at a time, a 3×3 convolution above all: patches of the image into factors, a product of
/// matrices for each of their places, products into results with the rest of the formula applied. All of it block by block in the second cache.
/// </summary>
/// <remarks>See <see cref="Winograd"/>. An infinity or a NaN among the numbers of a patch reaches every result of that patch.</remarks>
public sealed class WinogradContraction
{
    /// <summary>Most axes of a window: of three there would be 216 products.</summary>
    private const int MostAxes = 2;

    private readonly Contraction contraction;
    private readonly Machine machine;
    private readonly Tile tile;
    private readonly Seq<Window> windows;
    private readonly Flattened patches, channels, columns;
    private readonly long points, panels, block;
    private readonly Expr blocks;
    private readonly Buffer weights, factors;

    /// <summary>An axis of the result along which the window moves, its taps, and the algorithm for it.</summary>
    private sealed record Window(Axis Kept, Axis Taps, Winograd Algorithm)
    {
        /// <summary>Patches along the axis.</summary>
        public Axis Patches { get; } = new(Kept.Name, Linear.Simplify((Kept.Extent + (Algorithm.Results - 1)) / Algorithm.Results));
    }

    private WinogradContraction(Contraction contraction, Machine machine, Seq<Window> windows)
    {
        (this.contraction, this.machine, this.windows) = (contraction, machine, windows);
        patches = new([.. contraction.M.Where(axis => windows.All(w => w.Kept != axis)), .. windows.Select(w => w.Patches)]);
        channels = new(Ordered());
        columns = new(contraction.N);
        points = windows.Aggregate(1L, (product, w) => product * w.Algorithm.Products);
        panels = Up(columns.Static, Tile.Panel);
        block = Block();
        tile = Tile.For(machine, block, columns.Static, channels.Static);
        // Smaller blocks of whole tiles, where the rows that were left over add up in the same order as a whole tile's.
        if (machine.BlockRows < block && block % tile.Rows is var rest && (rest == 0 || Chains(rest) == Chains(tile.Rows))) block = Math.Max(1, machine.BlockRows / tile.Rows) * tile.Rows;
        blocks = Linear.Simplify((patches.Extent + (block - 1)) / block);
        var name = contraction.Output.Buffer.Name;
        weights = new($"{name}.winograd", Scalar.F32, [panels, points, channels.Static, Tile.Panel]);
        factors = new($"{name}.factors", Scalar.F32, [points, block, channels.Static + 16], Space.Arena);
    }

    /// <summary>The fastest algorithm whose predicted error stays below a bound; null where there is none.</summary>
    /// <param name="mostError">Of one layer, as a share of its largest result.</param>
    public static WinogradContraction? Find(Contraction contraction, Machine machine, bool constantB, double mostError) => mostError <= 0 ? null
        : Winograd.Sizes.Select(results => Of(contraction, machine, constantB, results)).OfType<WinogradContraction>().Where(template => template.Error <= mostError).MinBy(template => template.Steps);

    /// <summary>What was decided about each size there is, with its two numbers: error against the bound, steps against those of the plain product. Nothing where the sum is of another kind.</summary>
    public static IEnumerable<string> Why(Contraction contraction, Machine machine, bool constantB, double mostError, double plain) =>
        from results in Winograd.Sizes
        let template = Of(contraction, machine, constantB, results)
        where template is not null
        select template.Error > mostError ? FormattableString.Invariant($"not winograd {results}: its error, {template.Error:0.0e+0}, is above {mostError:0.0e+0}")
            : FormattableString.Invariant($"winograd {results} takes {template.Steps / 1e6:0.00} against {plain / 1e6:0.00} M steps of the plain product, of which it may take nine tenths");

    /// <summary>The template with so many results of a patch along each axis; null where the sum is of another kind, or no such algorithm is known.</summary>
    public static WinogradContraction? Of(Contraction contraction, Machine machine, bool constantB, int results)
    {
        if (!constantB || contraction.Sum.Type != Scalar.F32 || contraction.Batch.Count > 0) return null;
        if (contraction.N.Count == 0 || new Flattened(contraction.N).Static == 0 || new Flattened(contraction.K).Static == 0) return null;
        var moving = Moving(contraction);
        if (moving.Count is 0 or > MostAxes || contraction.K.Count == moving.Count || !moving.TrueForAll(m => Winograd.Has(results, (int)m.Taps.Extent.Whole))) return null;
        var template = new WinogradContraction(contraction, machine, [.. moving.Select(m => new Window(m.Kept, m.Taps, new(results, (int)m.Taps.Extent.Whole)))]);
        return template.ReadsChannelsSideBySide() ? template : null;
    }

    /// <summary>The largest error to expect of the layer, as a share of its largest result.</summary>
    public double Error => windows.Aggregate(Math.ScaleB(1, -24), (error, w) => error * w.Algorithm.Amplification);

    /// <summary>Multiply-adds of vectors that this is expected to take as long as.</summary>
    public double Steps
    {
        get
        {
            var vectors = (double)panels * Tile.Panel / tile.Lanes;
            double Transforms(Func<Winograd, double[][]> matrix, Func<Winograd, int> from, Func<Winograd, int> to) => windows.Index().Sum(w =>
                Winograd.Steps(matrix(w.Item.Algorithm)) * windows.Index().Where(o => o.Index != w.Index).Aggregate(1.0, (n, o) => n * (o.Index < w.Index ? to : from)(o.Item.Algorithm)));
            // Beside the arithmetic each number is read, written and, for lack of registers, put aside once.
            var forward = Transforms(w => w.Forward, w => w.Products, w => w.Products) + 5 * points;
            var back = Transforms(w => w.Back, w => w.Products, w => w.Results) + 5 * points;
            return Math.Max(Sizes.Guess(patches.Extent) * (points * channels.Static * vectors / Efficiency + forward * channels.Static / tile.Lanes + back * vectors),
                machine.MemorySteps(4.0 * points * channels.Static * panels * Tile.Panel));
        }
    }

    public Pace Pace => new(Steps + (double)Sizes.Guess(new Flattened(contraction.M).Extent) * panels * Tile.Panel / tile.Lanes * contraction.Finishing, 4.0 * weights.Size.Whole);

    /// <summary>Share of the peak that the products reach.</summary>
    private const double Efficiency = 0.8;

    public string Describe() => $"winograd {string.Join('x', windows.Select(w => w.Algorithm.Results))} tile {tile.Rows}x{tile.Columns} blocks of {block} patches";

    /// <summary>The kernel that runs once, in the compiler: taps into factors, worked out in f64.</summary>
    public Kernel PackB() => Kernel.Over(weights.Name, [weights], For("n", panels, n => Nest(LoopKind.For, channels.Axes, For("j", Tile.Panel, j =>
    {
        var column = Linear.Simplify(n * Tile.Panel + j);
        var ragged = columns.Static % Tile.Panel != 0;
        Expr Tap(Seq<int> at)
        {
            var b = contraction.B.Placed([.. windows.Zip(at, (w, i) => (w.Taps, (Expr)i)), .. columns.At(ragged ? Expr.Min(column, columns.Static - 1) : column)]);
            return (ragged ? Expr.Select(column < columns.Static, b, 0.0) : b).As(Scalar.F64);
        }
        var channel = channels.Axes.Aggregate((Expr)0, (sum, axis) => sum * axis.Extent + axis);
        return Transformed(w => w.Weights, w => w.Taps, Scalar.F64, Tap, (place, value) => weights.Set([n, Point(place), channel, j], value.As(Scalar.F32)));
    }))));

    public Kernel Compute()
    {
        // Enough blocks for threads: each thread has blocks of its own. Else, be it for one image of a batch that only a run counts, threads share a block's patches, then its panels.
        var pays = machine.Pays(contraction);
        var (inside, outside) = (pays && !HasEnoughBlocks, pays && HasEnoughBlocks);
        Stmt Block(Expr b) => new Scratch(factors, Do(
            machine.Shared(inside, "t", block, t => Existing(b, t, Transform(b, t))),
            Columns((extent, each) => machine.Shared(inside, "n", extent, each), (panel, width, ragged) => Finished(b, panel, width, ragged))));
        return Kernel.Over(contraction.Kernel.Name, [contraction.Output.Buffer], machine.Shared(outside, "b", blocks, Block));
    }

    /// <summary>Whether there are several blocks for certain.</summary>
    private bool HasEnoughBlocks => new Flattened([.. patches.Axes.Where(axis => axis.Extent is Number)]).Static > block;

    /// <summary>Axes of the result and the window's taps along them: moving both against each other changes nothing that is read.</summary>
    private static List<(Axis Kept, Axis Taps)> Moving(Contraction contraction) =>
    [
        .. from kept in contraction.M
           from taps in contraction.K
           where taps.Extent is Number { Integer: > 1 } && contraction.A.Mentions(kept) && contraction.A.Mentions(taps)
           let at = new Axis(kept.Name, kept.Extent)
           where !contraction.A.Placed((kept, at - taps)).Mentions(taps)
           select (kept, taps),
    ];

    /// <summary>Summed axes that do not move, the one that lies side by side in A last.</summary>
    private Seq<Axis> Ordered()
    {
        Seq<Axis> all = [.. contraction.K.Where(axis => windows.All(w => w.Taps != axis))];
        var near = all.FirstOrDefault(axis => contraction.A.Parts().OfType<Load>().Any(load => Linear.Of(load.Buffer.Flat(load.At))[axis] == 1)) ?? all[^1];
        return [.. all.Where(axis => axis != near), near];
    }

    /// <summary>In how many sums a tile so high adds up, at each width that columns are taken in.</summary>
    private (long, long) Chains(long height)
    {
        var turns = Linear.Simplify((Expr)channels.Static / tile.Unroll);
        var perPanel = Tile.Panel / tile.Lanes;
        return (RegisterTile.Chains(tile, height, Math.Max(1, tile.Columns / Tile.Panel) * perPanel, turns), RegisterTile.Chains(tile, height, perPanel, turns));
    }

    /// <summary>Patches of a block: what the second cache holds beside the products of one register tile's columns, in even parts.</summary>
    private long Block()
    {
        const long columns = 32;
        var most = Math.Max(14, machine.Level2 * 3 / 4 / (4 * points * (channels.Static + 16 + columns)));
        if (patches.Static == 0) return most;
        var least = Up(patches.Static, most);
        return Up(patches.Static, least == 1 ? 1 : Shares.Parts(patches.Static, least, least + 1));
    }

    private bool ReadsChannelsSideBySide() => contraction.A.Parts().OfType<Load>().Where(load => channels.Axes.Any(load.Mentions))
        .All(load => Linear.Of(load.Buffer.Flat(load.At))[channels.Axes[^1]] == 1) && channels.Axes[^1].Extent.Whole % 4 == 0;

    private Stmt Existing(Expr b, Expr t, Stmt body) => When(patches.Static != 0 && patches.Static % block == 0 ? true : b * block + t < patches.Extent, body);

    /// <summary>The index of a product among all.</summary>
    private Expr Point(Seq<int> place) => windows.Zip(place).Aggregate(0, (sum, p) => sum * p.First.Algorithm.Products + p.Second);

    /// <summary>Groups of panels as wide as the register tile, then panels one by one.</summary>
    private Stmt Columns(Func<long, Func<Expr, Stmt>, Stmt> loop, Func<Expr, long, bool, Stmt> body)
    {
        var (width, whole) = (Math.Max(1, tile.Columns / Tile.Panel), columns.Static / Tile.Panel);
        var (groups, left) = Math.DivRem(whole, width);
        return Do(
            groups == 0 ? Do() : loop(groups, n => body(Linear.Simplify(n * width), width, false)),
            left == 0 || width == 1 ? Do() : loop(left, n => body(Linear.Simplify(n + groups * width), 1, false)),
            whole == panels ? Do() : body(whole, 1, true));
    }

    /// <summary>Applies a matrix along each axis of the window in turn.</summary>
    /// <param name="matrix">Of each algorithm.</param>
    /// <param name="from">Numbers along an axis before.</param>
    private Stmt Transformed(Func<Winograd, double[][]> matrix, Func<Winograd, int> from, Scalar scalar, Func<Seq<int>, Expr> read, Func<Seq<int>, Expr, Stmt> write)
    {
        // What the compiler works out is the same for all levels of code, which share the weights.
        Func<Expr, Expr, Expr, Expr> multiplyAdd = scalar == Scalar.F64 ? Expr.Fma : machine.MultiplyAdd;
        double[][] first = matrix(windows[0].Algorithm), last = matrix(windows[^1].Algorithm);
        if (windows.Count == 1) return Do(Winograd.Times(first, i => read([i]), multiplyAdd).Select((value, i) => write([i], value)));
        var width = from(windows[1].Algorithm);
        var half = new Buffer("half", scalar, [first.Length, width], Space.Registers);
        return new Scratch(half, Do(
            Do(Enumerable.Range(0, width).SelectMany(x => Winograd.Times(first, y => read([y, x]), multiplyAdd).Select((value, y) => half.Set([y, x], value)))),
            Do(Enumerable.Range(0, first.Length).SelectMany(y => Winograd.Times(last, x => half[y, x], multiplyAdd).Select((value, x) => write([y, x], value))))));
    }

    /// <summary>A patch of each channel into its factors; a patch on the border reads the padding.</summary>
    private Stmt Transform(Expr b, Expr t)
    {
        var at = patches.At(Linear.Simplify(b * block + t)).ToList();
        (Axis, Expr)[] here = [.. at, .. windows.Select(w => (w.Taps, (Expr)0))];
        IEnumerable<(Axis, Expr)> Place(Seq<int> place) => windows.Zip(place, (w, i) => (w.Kept, Linear.Simplify(At(at, w) + i)));
        Seq<Axis> steps = [.. windows.Select(w => new Axis("i", w.Algorithm.Products))];
        var inside = Interior.Of(contraction.A.Placed([.. here, .. windows.Zip(steps, (w, i) => (w.Kept, Linear.Simplify(At(at, w) + i)))]),
            [.. windows.Zip(steps, (w, i) => (i, (long)w.Algorithm.Products)), .. channels.Axes.Select(c => (c, c.Extent.Whole))]);
        return Do(When(inside, Channels(false)), When(Expr.Not(inside), Channels(true)));

        Stmt Channels(bool border)
        {
            var last = channels.Axes[^1];
            var width = (long)machine.Lanes;
            while (last.Extent.Whole % width != 0) width /= 2;
            var whole = new Axis(last.Name, last.Extent.Whole / width);
            var lanes = Vector("j", width, j =>
            {
                (Axis, Expr)[] channel = [.. channels.Axes.SkipLast(1).Select(a => (a, (Expr)a)), (last, Linear.Simplify(whole * width + j))];
                return Transformed(w => w.Forward, w => w.Products, Scalar.F32, place => Bounded(contraction.A.Placed([.. here, .. channel, .. Place(place)]), border),
                    (place, value) => factors.Set([Point(place), t, Linear.Simplify(channel.Aggregate((Expr)0, (sum, c) => sum * c.Item1.Extent + c.Item2))], value));
            });
            return Nest(LoopKind.For, channels.Axes.SkipLast(1).Append(whole), lanes);
        }
    }

    /// <summary>The first result of a patch along an axis.</summary>
    private static Expr At(IEnumerable<(Axis Axis, Expr Index)> at, Window w) => Linear.Simplify(at.First(p => p.Axis == w.Patches).Index * w.Algorithm.Results);

    /// <summary>Reads with the check they need: none inside; on the border everywhere, since patches go on beyond the last result.</summary>
    private static Expr Bounded(Expr a, bool border) => a.Replace(part =>
        part is not Load load ? null : !border ? load.Inside() : load.Outside is not null ? null : Load.Of(load.Buffer, load.At, Number.Of(load.Type, 0)));

    /// <summary>Products of the factors of a block with some panels of weights, and the results they make.</summary>
    private Stmt Finished(Expr b, Expr panel, long width, bool ragged)
    {
        var perPanel = Tile.Panel / tile.Lanes;
        var vectors = width * perPanel;
        var products = new Buffer("products", Scalar.F32, [points, block, vectors, tile.Lanes], Space.Arena);
        var (whole, rest) = Math.DivRem(block, tile.Rows);
        Stmt Multiply(Expr p, Expr row, long height)
        {
            var sums = new RegisterTile(tile, height, vectors);
            Expr B(Expr p, Expr k, Expr v, Expr j) => weights[[Linear.Simplify(panel + v / perPanel), p, k, Linear.Simplify(v % perPanel * tile.Lanes + j)]];
            var next = new RegisterTile.Next(Linear.Simplify(row / tile.Rows), Up(block, tile.Rows), (k, v, j) => B(Linear.Simplify(p + 1), k, v, j));
            return Existing(b, row, sums.Around(
                sums.Set((_, _, _) => 0.0),
                sums.Add(channels.Static, Passes.RegisterTile.Products(machine, (r, k) => factors[[p, Linear.Simplify(row + r), k]], (k, v, j) => B(p, k, v, j)), weights.Size.Whole * 4 < machine.Level2 / 2 ? null : next),
                sums.Each((r, v, j) => products.Set([p, Linear.Simplify(row + r), v, j], sums[r, v, j]))));
        }
        return new Scratch(products, Do(
            For("p", points, p => Do(
                whole == 0 ? Do() : For("m", whole, m => Multiply(p, Linear.Simplify(m * tile.Rows), tile.Rows)),
                rest == 0 ? Do() : Multiply(p, whole * tile.Rows, rest))),
            For("t", block, t => Existing(b, t, For("v", vectors, v => Results(b, t, panel, v, products, ragged))))));
    }

    /// <summary>The products of a patch into results, and what the formula makes of each.</summary>
    private Stmt Results(Expr b, Expr t, Expr panel, Expr v, Buffer products, bool ragged)
    {
        var at = patches.At(Linear.Simplify(b * block + t)).ToList();
        var results = new Buffer("results", Scalar.F32, [.. windows.Select(w => (Expr)w.Algorithm.Results), tile.Lanes], Space.Registers);
        return new Scratch(results, Do(
            Vector("j", tile.Lanes, j => Transformed(w => w.Back, w => w.Products, Scalar.F32, place => products[[Point(place), t, v, j]], (place, value) => results.Set([.. place.Select(i => (Expr)i), j], value))),
            Existing([])));

        // Patches go on beyond the last result.
        Stmt Existing(Seq<int> place)
        {
            if (place.Count == windows.Count) return Vector("j", tile.Lanes, j => StoreAt(place, j));
            var w = windows[place.Count];
            return Do(Enumerable.Range(0, w.Algorithm.Results).Select(i =>
                When(w.Kept.Extent is Number n && n.Integer % w.Algorithm.Results == 0 ? true : At(at, w) + i < w.Kept.Extent, Existing([.. place, i]))));
        }

        Stmt StoreAt(Seq<int> place, Expr j)
        {
            var column = Linear.Simplify(panel * Tile.Panel + v * tile.Lanes + j);
            (Axis, Expr)[] here = [.. at, .. columns.At(column), .. windows.Zip(place, (w, i) => (w.Kept, Linear.Simplify(At(at, w) + i)))];
            var output = contraction.Output;
            return When(ragged ? column < columns.Static : true, output.Buffer.Set(output.At.Placed(here), contraction.Epilogue(results[[.. place.Select(i => (Expr)i), j]]).Placed(here)));
        }
    }
}

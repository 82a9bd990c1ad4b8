namespace Lathe.Ir;

/// <summary>Where a buffer lives.</summary>
public enum Space : byte
{
    Argument,
    /// <summary>Every index is a constant once loops are unrolled; around threads of a group the first is the thread, or another of its warp whose register is read.</summary>
    Registers,
    Arena,
    /// <summary>The fast memory that threads of a group have in common.</summary>
    Shared,
}

/// <summary>An array as a kernel sees it: an argument (a plane of a tensor) or scratch.</summary>
/// <param name="Name">Unique in its kernel.</param>
/// <param name="Shape">Extent of each axis; expressions over symbols where dimensions are not known.</param>
/// <param name="Order">Axes from outermost to innermost in memory; as declared if empty. A formula indexes by axis and never sees it.</param>
/// <param name="Apart">Strides, where a caller gives them; empty: neighbours lie side by side. Only an artifact's entry makes such buffers, no pass meets them.</param>
public sealed record Buffer(string Name, Scalar Scalar, Shape Shape, Space Space = Space.Argument, Seq<int> Order = default, Seq<Expr> Apart = default)
{
    /// <summary>A copy by <c>with</c> works out for itself what this one remembers.</summary>
    private Buffer(Buffer other) => (Name, Scalar, Shape, Space, Order, Apart) = (other.Name, other.Scalar, other.Shape, other.Space, other.Order, other.Apart);

    public Expr this[params Seq<Expr> at] => Load.Of(this, at);

    /// <summary>Distance in numbers between neighbours along each axis.</summary>
    public Seq<Expr> Strides
    {
        get
        {
            if (strides.Count == Shape.Count) return strides;
            if (Apart is not []) return strides = Apart;
            var all = new Expr[Shape.Count];
            Expr stride = 1;
            for (var i = Shape.Count - 1; i >= 0; i--)
            {
                var axis = Order is [] ? i : Order[i];
                all[axis] = stride;
                stride = Linear.Simplify(stride * Shape[axis]);
            }
            return strides = [.. all];
        }
    }
    private Seq<Expr> strides;

    /// <summary>Numbers in the buffer.</summary>
    public Expr Size => Shape.Aggregate((Expr)1, (size, extent) => Linear.Simplify(size * extent));

    /// <summary>Where a number lies, counted in numbers from the start.</summary>
    public Expr Flat(Seq<Expr> at)
    {
        Expr sum = 0;
        for (var axis = 0; axis < Shape.Count; axis++) sum += at[axis] * Strides[axis];
        return sum;
    }

    public bool Equals(Buffer? other) => ReferenceEquals(this, other)
        || other is not null && Name == other.Name && Scalar == other.Scalar && Space == other.Space && Shape == other.Shape && Order == other.Order && Apart == other.Apart;
    public override int GetHashCode() => hash != 0 ? hash : hash = HashCode.Combine(Name, Scalar, Space) | 1;
    private int hash;
}

/// <summary>A tensor in memory, as a formula sees it: one buffer for each plane of its encoding.</summary>
public sealed record Storage(string Name, TensorType Type)
{
    public Expr Load(string plane, Seq<Expr> at, Expr? outside = null) => Ir.Load.Of(Buffer(plane), at, outside);

    public Buffer Buffer(string plane)
    {
        var found = Type.Encoding.Planes(Type.Shape).First(p => p.Name == plane);
        return new(plane == "" ? Name : $"{Name}:{plane}", found.Scalar, found.Shape, Space.Argument, found.Shape.Count == Type.Order.Count ? Type.Order : []);
    }

    public IEnumerable<Buffer> Buffers => Type.Encoding.Planes(Type.Shape).Select(plane => Buffer(plane.Name));
}

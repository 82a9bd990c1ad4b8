namespace Lathe.Onnx;

/// <summary>A value of a model that runs on the host: what the C ABI carries, and what it does not.</summary>
public abstract record HostValue
{
    /// <summary>What it is, in a diagnostic.</summary>
    public abstract string Kind { get; }

    internal static HostValue Of(TensorContents contents) => contents.Kind == Scalar.String ? new HostText(contents.Dims, contents.Text) : new HostTensor(contents.AsTensor());
}

/// <summary>Numbers.</summary>
public sealed record HostTensor(Tensor Tensor) : HostValue
{
    public override string Kind => Tensor.ToString();
}

/// <summary>A tensor of text.</summary>
/// <param name="Elements">In row-major order.</param>
public sealed record HostText(Seq<long> Shape, Seq<string> Elements) : HostValue
{
    public override string Kind => $"text of shape [{string.Join(", ", Shape)}]";
}

/// <summary>Values in order, all of one type.</summary>
public sealed record HostSequence(Seq<HostValue> Items) : HostValue
{
    public override string Kind => $"a sequence of {Items.Count}";
}

/// <summary>Values by their keys.</summary>
/// <param name="Keys">A vector of whole numbers or of text, each once.</param>
/// <param name="Values">A vector of numbers or of text, one for each key.</param>
public sealed record HostMap(HostValue Keys, HostValue Values) : HostValue
{
    public override string Kind => $"a map of {Words.Count}";

    /// <summary>The keys as text.</summary>
    public Seq<string> Words => Keys is HostText text ? text.Elements : [.. ((HostTensor)Keys).Tensor.ToDoubles().Select(key => ((long)key).ToString(CultureInfo.InvariantCulture))];
}

/// <summary>An optional value that is not there. One that is there is the value itself.</summary>
public sealed record HostAbsent : HostValue
{
    public override string Kind => "an absent value";
}

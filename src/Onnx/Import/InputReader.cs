using Lathe.Onnx.Proto;

namespace Lathe.Onnx;

/// <summary>The inputs of a model with their types; those that the user knows the contents of are weights.</summary>
internal static class InputReader
{
    /// <param name="given">Names that are weights already. Up to IR 3 every weight is listed as an input too; later that makes it a default. Inputs are added.</param>
    /// <param name="ranges">Of dimensions whose range is known better than the file and the user say it.</param>
    public static List<Value> Read(ModelProto model, Dictionary<string, string> given, ImportOptions options, IReadOnlyDictionary<string, (long Low, long High)> ranges, Report report)
    {
        var defaults = model.Graph.Input.Select(i => i.Name).Where(given.ContainsKey).ToList();
        if (model.IrVersion > 3 && defaults.Count > 0) report.Add(Faults.DefaultInputs(Names.Some(defaults)));
        var listed = model.Graph.Input.Where(i => !given.ContainsKey(i.Name)).ToList();
        foreach (var (name, _) in options.Constants)
            if (listed.All(i => i.Name != name)) report.Add(Faults.NoSuchInput(name, string.Join(", ", listed.Select(i => i.Name))));
        var dimensions = new Dimensions(listed, options, ranges, report);
        var inputs = new List<Value>();
        foreach (var input in listed)
        {
            if (input.Name == "") report.Add(Faults.NoName("an input"));
            else if (!given.TryAdd(input.Name, "an input")) report.Add(Faults.Duplicate(input.Name, "an input", "an input"));
            else if (report.Try(() => Type(input, dimensions, report)) is { } type)
            {
                var constant = options.Constants.Where(c => c.Input == input.Name).Select(c => c.Contents).LastOrDefault();
                if (constant is null) inputs.Add(new(input.Name, type));
                else if (report.Try(() => Constant(input.Name, type, constant)) is { } weight) inputs.Add(weight);
            }
        }
        return inputs;
    }

    private static TensorType Type(ValueInfoProto input, Dimensions dimensions, Report report)
    {
        var fault = input.Type?.ValueCase switch
        {
            TypeProto.ValueOneofCase.TensorType => null,
            TypeProto.ValueOneofCase.SequenceType => Faults.InputOnHost(input.Name, "a sequence"),
            TypeProto.ValueOneofCase.MapType => Faults.InputOnHost(input.Name, "a map"),
            TypeProto.ValueOneofCase.OptionalType => Faults.InputOnHost(input.Name, "a value that may be absent"),
            TypeProto.ValueOneofCase.SparseTensorType => Faults.InputKind(input.Name, "a sparse tensor", "give it dense"),
            _ => Faults.InputKind(input.Name, "of no type", "export the model with the types of its inputs"),
        };
        if (fault is not null) throw new DiagnosticException(fault);
        var number = input.Type!.TensorType.ElemType;
        var scalar = ElementKinds.Of(number) ?? throw new DiagnosticException(Faults.UnknownKind(input.Name, number));
        if (scalar == Scalar.String) throw new DiagnosticException(Faults.InputOnHost(input.Name, "text"));
        if (scalar.IsComplex) throw new DiagnosticException(Faults.InputKind(input.Name, "of complex numbers", "give real and imaginary parts along a last axis of 2, as DFT reads them"));
        return new(dimensions.Shape(input, report) ?? throw new DiagnosticException(Faults.InputShape(input.Name)), scalar);
    }

    private static Value Constant(string name, TensorType declared, Tensor contents)
    {
        var type = new TensorType([.. contents.Shape.Select(d => (Expr)d)], contents.Kind);
        var fits = type.Scalar == declared.Scalar && type.Rank == declared.Rank
            && declared.Shape.Zip(contents.Shape).All(p => Linear.Range(p.First) is var (low, high) && low <= p.Second && p.Second <= high);
        return fits ? new(name, type, [contents.Bytes]) : throw new DiagnosticException(Faults.ConstantType(name, declared.ToString(), type.ToString()));
    }
}

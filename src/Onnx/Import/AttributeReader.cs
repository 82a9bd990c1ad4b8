using Lathe.Onnx.Proto;

namespace Lathe.Onnx;

/// <summary>Makes an operator of a node: its record's parameters are the attributes' names and kinds.</summary>
internal static class AttributeReader
{
    /// <exception cref="DiagnosticException">An attribute is unknown, missing or of another kind; every such attribute is listed.</exception>
    public static Op Read(OnnxNode node, Type record)
    {
        var parameters = RecordText.Parameters(record);
        var faults = new List<Diagnostic>();
        var known = parameters.ToDictionary(p => Plain(p.Name), StringComparer.Ordinal);
        var given = new Dictionary<string, object>(StringComparer.Ordinal);
        foreach (var attribute in node.Attributes.Values)
        {
            if (!known.TryGetValue(Plain(attribute.Name), out var parameter)) faults.Add(Faults.UnknownAttribute(node.Where, node.OpType, attribute.Name, string.Join(", ", parameters.Select(p => p.Name))));
            else if (parameter.Type == typeof(Scalar) && attribute.Type == (int)AttributeKind.Int && ElementKinds.Of(attribute.I) is null) faults.Add(Faults.UnknownKind(node.Where, attribute.I));
            else if (Convert(attribute, parameter.Type) is { } value) given[parameter.Name] = value;
            else faults.Add(Faults.AttributeKind(node.Where, node.OpType, attribute.Name, Wanted(parameter.Type).Text(), AttributeKinds.Of(attribute).Text()));
        }
        if (faults.Count > 0) throw new DiagnosticException([.. faults]);
        try { return (Op)RecordText.Make(record, p => given.GetValueOrDefault(p.Name)); }
        catch (TypeException e) { throw new DiagnosticException(Faults.Misfit(node.Where, e.Message, "")); }
    }

    /// <summary>ONNX writes kernel_shape and transA alike; a record's parameter matches either.</summary>
    private static string Plain(string name) => name.Replace("_", "", StringComparison.Ordinal).ToLowerInvariant();

    /// <summary>An attribute as a parameter of this type; null where it is of another kind.</summary>
    private static object? Convert(AttributeProto a, Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (!AttributeKinds.Fits(a, Wanted(type))) return null;
        if (type == typeof(long)) return a.I;
        if (type == typeof(int)) return a.I is >= int.MinValue and <= int.MaxValue ? (int)a.I : null;
        if (type == typeof(bool)) return a.I != 0;
        if (type == typeof(Scalar)) return ElementKinds.Of(a.I);
        if (type == typeof(float)) return a.F;
        if (type == typeof(double)) return (double)a.F;
        if (type == typeof(string)) return a.S.ToStringUtf8();
        if (type == typeof(Seq<long>)) return (Seq<long>)[.. a.Ints];
        if (type == typeof(Seq<float>)) return (Seq<float>)[.. a.Floats];
        if (type == typeof(Seq<double>)) return (Seq<double>)[.. a.Floats.Select(f => (double)f)];
        if (type == typeof(Seq<string>)) return (Seq<string>)[.. a.Strings.Select(s => s.ToStringUtf8())];
        return null;
    }

    private static AttributeKind Wanted(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type == typeof(long) || type == typeof(int) || type == typeof(bool) || type == typeof(Scalar) ? AttributeKind.Int
            : type == typeof(float) || type == typeof(double) ? AttributeKind.Float
            : type == typeof(string) ? AttributeKind.String
            : type == typeof(Seq<long>) ? AttributeKind.Ints
            : type == typeof(Seq<float>) || type == typeof(Seq<double>) ? AttributeKind.Floats
            : type == typeof(Seq<string>) ? AttributeKind.Strings
            : throw new InvalidOperationException($"an attribute cannot be a {type.Name}");
    }
}

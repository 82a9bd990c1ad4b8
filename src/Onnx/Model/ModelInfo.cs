namespace Lathe.Onnx;

/// <summary>What a model file says about itself, kept for reports and for the artifact's contract.</summary>
/// <param name="GraphName">Of the main graph.</param>
/// <param name="IrVersion">Version of the file format.</param>
/// <param name="Opsets">Operator sets it is written in: domain (empty for the standard one) and version.</param>
/// <param name="Metadata">metadata_props, in the order of the file.</param>
/// <param name="Documentation">The model's doc string, then the graph's, where they have one.</param>
/// <param name="Contents">The file itself, mapped.</param>
/// <param name="ExternalData">Files that hold weights, relative to the model's folder, in ordinal order.</param>
public sealed record ModelInfo(string GraphName, string ProducerName, string ProducerVersion, string Domain, long ModelVersion, long IrVersion,
    Seq<(string Domain, long Version)> Opsets, Seq<(string Key, string Value)> Metadata, Seq<string> Documentation, Bytes Contents, Seq<string> ExternalData)
{
    /// <summary>SHA-256 of the model file in lower-case hexadecimal; files of external data are not part of it.</summary>
    public string Hash => Contents.Hash;
}

/// <summary>A model as the compiler knows it.</summary>
/// <param name="Graph">Typed and checked.</param>
/// <param name="Info">What the file says about itself.</param>
/// <param name="Warnings">What is odd but does not stop a compile.</param>
public sealed record ImportResult(Graph Graph, ModelInfo Info, Seq<Diagnostic> Warnings);

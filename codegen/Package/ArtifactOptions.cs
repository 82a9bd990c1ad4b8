using Lathe.Codegen.Llvm;
using Lathe.Ir;

namespace Lathe.Codegen.Package;

/// <summary>What a compile can write.</summary>
public enum Emission
{
    Shared, Static, Object, Header, Llvm, Asm, Contract,
    /// <summary>A module of Python that calls the shared library.</summary>
    Python,
    /// <summary>A module of JavaScript that runs the module of WebAssembly.</summary>
    Javascript,
    /// <summary>The program as text, and the weights it names.</summary>
    Ir,
    /// <summary>The passes that ran, as a file that <c>--pipeline</c> takes.</summary>
    Pipeline,
    /// <summary>What became of every node, and why, as a page for a browser.</summary>
    Report,
    /// <summary>What data showed of the model's values, as a file that <c>--calibrate</c> takes.</summary>
    Calibration,
    /// <summary>The model as compression left it, for others to read.</summary>
    Onnx,
    /// <summary>Kernels for a GPU as C# for ILGPU.</summary>
    Csharp,
    /// <summary>The same as PTX, for the driver of NVIDIA's GPUs.</summary>
    Ptx,
    /// <summary>The same as OpenCL C, for any driver of OpenCL.</summary>
    Opencl,
}

/// <summary>How an artifact is built.</summary>
/// <param name="Name">Of the model: a C identifier, the prefix of its functions and files.</param>
/// <param name="Directory">Where the files go; made if it is not there.</param>
/// <param name="Emit">What to write.</param>
/// <param name="WeightsInFile">Whether weights go to a file of their own; null: from <see cref="EmbedLimit"/> bytes on.</param>
/// <param name="Pool">Whether to link the built-in thread pool.</param>
/// <param name="Jobs">Kernels compiled at once; the bytes do not depend on it.</param>
/// <param name="Cache">Objects that were made before; null: all are made now.</param>
/// <param name="Debug">Where debuggers find the kernels; null: nothing is written for them.</param>
public sealed record ArtifactOptions(string Name, string Directory, Seq<Emission> Emit, Provenance Provenance, bool? WeightsInFile = null, bool Pool = false, int Jobs = 0, DebugPlaces? Debug = null, ObjectCache? Cache = null)
{
    /// <summary>Objects of somebody else's to link: the functions of C that the model's operators are.</summary>
    public Seq<string> Link { get; init; } = [];

    /// <summary>Most bytes of weights that are linked into the library unless asked otherwise.</summary>
    public const long EmbedLimit = 64L << 20;
}

/// <summary>What was built.</summary>
/// <param name="Files">Written files, in the order of the options.</param>
/// <param name="CodeBytes">Machine code and constants of the kernels and the entry.</param>
/// <param name="WeightBytes">As stored.</param>
/// <param name="Contract">The JSON, of the highest level where there are several.</param>
public sealed record Artifact(Seq<string> Files, long CodeBytes, long WeightBytes, string Contract);

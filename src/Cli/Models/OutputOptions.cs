using Lathe.Codegen.Package;

namespace Lathe.Cli;

/// <summary>What a compile writes, and how it is looked after on the way.</summary>
public sealed record OutputOptions(
    [Option("prefix of functions and files, a C identifier; by default the model's own name")] string? Name = null,
    [Option("what to write (shared,header,contract)")] Seq<Emission> Emit = default,
    [Option("with --emit=onnx: weights in a format that ONNX has no form of are written as f32")] bool OnnxDecode = false,
    [Option("where weights go; by default into the library up to 64 MiB, else into a file beside it")] WeightChoice? Weights = null,
    [Option("link a thread pool into the artifact, for callers that bring none")] bool Pool = false,
    [Option("sign the files with this key, of an elliptic curve, in PEM: NAME.sig beside them, which verify-artifact --key and Lathe.Runtime check. The signature is another each time, all else the same bytes", Value = "KEY.pem")] string? Sign = null,
    [Option("write a rule that lists what the artifact was made from, for make and ninja", "-MD")] bool Depend = false,
    [Option("where that rule goes; NAME.d in the output folder by default", "-MF", Value = "FILE")] string? DependFile = null,
    [Option("what the rule says was made, in place of all files: a stamp, for build systems that watch one", "-MT", Value = "TARGET")] string? DependTarget = null,
    [Option("names and lines of NAME.lir, which is written too, for debuggers and profilers; the code stays the same", "-g")] bool Debug = false,
    [Option("what is checked after every pass: the structure always; values compares what the model computes on random inputs before and after")] VerifyEach VerifyEach = VerifyEach.Structure);

/// <summary>What is checked after every pass.</summary>
public enum VerifyEach { Structure, Values }

/// <summary>Where an artifact's weights go.</summary>
public enum WeightChoice { Embed, File }

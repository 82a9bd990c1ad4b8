using System.Diagnostics;
using Lathe.Codegen.Package;
using Lathe.Ir;

namespace Lathe.Codegen.Gpu;

/// <summary>C as OpenCL 1.2 takes it: a kernel for each launch.</summary>
/// <remarks>An array that is an argument is two parameters, memory and where in it the array begins: what one allocation holds has no address of its own on the host.</remarks>
internal sealed class OpenclC : KernelLanguage
{
    private static readonly HashSet<string> Words = new(["auto", "barrier", "bool", "break", "case", "ceil", "char", "complex", "const", "constant", "continue", "default", "do", "double", "else", "enum", "event_t", "exp", "extern", "fabs", "false", "float", "floor", "fmod", "for", "global", "goto", "half", "if", "imaginary",
        "inline", "int", "kernel", "local", "log", "long", "popcount", "pow", "private", "quad", "read_only", "read_write", "register", "restrict", "return", "rint", "sampler_t", "short", "signed", "size_t", "sizeof", "sqrt", "static", "struct", "switch", "true", "trunc", "typedef", "typeof", "uchar", "uint", "ulong", "uniform",
        "union", "unsigned", "ushort", "void", "volatile", "while", "write_only", "pipe", "ptrdiff_t", "intptr_t", "uintptr_t", "generic", "tanh", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh"], StringComparer.Ordinal);

    public static OpenclC Language { get; } = new();

    /// <summary>What a launch is called.</summary>
    public static string Entry(string kernel, int launch) => $"{kernel}_{Bare(launch)}";

    /// <summary>Words, functions that are called, vectors, and names in capitals, which may be macros.</summary>
    public override bool IsTaken(string name) => Words.Contains(name) || name.StartsWith("num_", StringComparison.Ordinal) || name.StartsWith("as_", StringComparison.Ordinal) || name.StartsWith("get_", StringComparison.Ordinal)
        || name.Length > 1 && name.All(c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c) || c == '_') || Words.Contains(name.TrimEnd("0123456789".ToCharArray())) || name.Contains("__", StringComparison.Ordinal);

    public override bool HasShuffles => false;

    public override (string Number, string Count) ThreadOfLaunch => ("get_global_id(0)", "get_global_size(0)");

    public override (string Group, string Thread) Place => ("get_group_id(0)", "get_local_id(0)");

    public override string Barrier => "barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);";

    protected override (string Signed, string Plain) Byte => ("char", "uchar");

    protected override (string Int, string Long) Least => ("INT_MIN", "LONG_MIN");

    public override string Declare(string type, string name) => $"{type} {name} = 0;";

    public override string InArena(string name, string type, string scratch, string from, string bytes) => $"__global {type}* {name} = (__global {type}*)({scratch} + {from});";

    public override string Array(string name, string type, long count, bool ofGroup) => $"{(ofGroup ? "__local " : "")}{type} {name}[{Bare(count)}];";

    public override string Num(string function, Scalar kind, params string[] x) => $"num_{Snake(function)}_{Of(kind)}({string.Join(", ", x)})";

    public override string Packed(string function, params string[] x) => $"num_{Snake(function)}({string.Join(", ", x)})";

    public override string Function(Function function, Scalar kind, string[] x) => function switch
    {
        Ir.Function.Abs => $"fabs({x[0]})",
        Ir.Function.Round => $"rint({x[0]})",
        Ir.Function.Floor or Ir.Function.Ceil or Ir.Function.Trunc or Ir.Function.Sqrt => $"{Snake(function.ToString())}({x[0]})",
        _ when kind == Scalar.F64 && Words.Contains(Snake(function.ToString())) => $"{Snake(function.ToString())}({string.Join(", ", x)})",
        _ => throw Unsupported(kind, function.Text()),
    };

    public override string Remainder(string x, string y) => $"fmod({x}, {y})";

    // A sum of signed numbers that is too large has no meaning in C.
    public override string Wrapping(Scalar kind, string x, string sign, string y) => kind switch
    {
        Scalar.I32 => $"((int)((uint){Atom(x)} {sign} (uint){Atom(y)}))",
        Scalar.I64 => $"((long)((ulong){Atom(x)} {sign} (ulong){Atom(y)}))",
        Scalar.U16 => $"((uint){Atom(x)} {sign} (uint){Atom(y)})",
        _ => $"({x} {sign} {y})",
    };

    public override string Bits(Scalar from, Scalar to, string x) => $"as_{Of(to)}({x})";

    public override string Shuffled(Scalar kind, string number, long apart) => throw new UnreachableException("registers that are exchanged are memory of the group");

    public override string Method(string kernel, LaunchText launch)
    {
        List<(string Type, string Name)> arrays = [.. launch.Views, .. launch.Scratch == "" ? ((string, string)[])[] : [("uchar", launch.Scratch)]];
        List<string> parameters = [.. arrays.Select(a => $"__global uchar* {a.Name}__memory, long {a.Name}__from"), .. launch.Numbers.Select(n => $"long {n}")];
        var places = arrays.Select(a => $"    __global {a.Type}* {a.Name} = (__global {a.Type}*)({a.Name}__memory + {a.Name}__from);\n");
        var threads = launch.Threads > 0 ? $"__attribute__((reqd_work_group_size({Bare(launch.Threads)}, 1, 1)))\n" : "";
        return $"__kernel {threads}void {Entry(kernel, launch.Number)}({string.Join(", ", parameters)})\n{{\n{string.Concat(places)}{string.Concat(launch.Lines.Select(l => $"    {l}\n"))}}}\n";
    }

    public override string Kernel(string name, string summary, IEnumerable<string> methods) => $"// {summary}\n{string.Join('\n', methods)}";

    public override string File(IEnumerable<string> kernels)
    {
        var text = string.Join('\n', kernels);
        // Devices without f64 take programs that do not mention it.
        var hasDouble = text.Contains("double", StringComparison.Ordinal);
        return $"{(hasDouble ? "#pragma OPENCL EXTENSION cl_khr_fp64 : enable\n#define NUM_HAS_DOUBLE\n" : "")}{EmbeddedText.Read("Num.cl.txt")}\n{text}";
    }

    protected override string Real(double x, bool isSingle)
    {
        if (!double.IsFinite(x)) return double.IsNaN(x) ? "NAN" : x > 0 ? "INFINITY" : "(-INFINITY)";
        var digits = Shortest(x, isSingle);
        return Parenthesized($"{digits}{(digits.AsSpan().IndexOfAny('.', 'E') < 0 ? ".0" : "")}{(isSingle ? "f" : "")}");
    }

    private static string Snake(string name) => string.Concat(name.Select((c, i) => char.IsAsciiLetterUpper(c) ? $"{(i > 0 && !char.IsAsciiLetterUpper(name[i - 1]) ? "_" : "")}{char.ToLowerInvariant(c)}" : c.ToString()));
}

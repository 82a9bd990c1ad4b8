using Lathe.Codegen.Package;
using Lathe.Ir;

namespace Lathe.Codegen.Gpu;

/// <summary>C# as ILGPU takes it: a class for each kernel, a method for each of its launches.</summary>
internal sealed class CSharp : KernelLanguage
{
    private const string Usings = "using System;\nusing ILGPU;\nusing ILGPU.Algorithms;\nusing ILGPU.Runtime;\n";

    /// <summary>Functions that .NET has for f64 alone; f32 is formulas by now.</summary>
    private static readonly HashSet<Function> OfDouble =
        [Ir.Function.Exp, Ir.Function.Log, Ir.Function.Pow, Ir.Function.Tanh, Ir.Function.Sin, Ir.Function.Cos, Ir.Function.Tan, Ir.Function.Asin, Ir.Function.Acos, Ir.Function.Atan, Ir.Function.Sinh, Ir.Function.Cosh];

    private static readonly HashSet<string> Words = new(["Num", "Math", "Kernel", "Action", "KernelConfig", "AcceleratorStream", "Warp", "System", "ILGPU", "Grid", "Group", "XMath", "Interop", "LocalMemory", "ArrayView", "bool", "byte", "case", "char", "const", "do", "double", "else", "false", "float", "for", "if", "in", "int", "is", "long", "new", "null", "out",
        "ref", "sbyte", "short", "this", "true", "uint", "ulong", "ushort", "var", "void", "while", "as", "base", "break", "catch", "checked", "class", "decimal", "default", "delegate", "enum", "event", "explicit", "extern", "finally", "fixed", "foreach", "goto", "implicit",
        "interface", "internal", "lock", "namespace", "object", "operator", "override", "params", "private", "protected", "public", "readonly", "return", "sealed", "sizeof", "stackalloc", "static", "string", "struct", "switch", "throw", "try", "typeof", "unchecked", "unsafe", "using", "virtual", "volatile", "continue", "abstract"], StringComparer.Ordinal);

    public static CSharp Language { get; } = new();

    public override bool IsTaken(string name) => Words.Contains(name);

    public override bool HasShuffles => true;

    public override (string Number, string Count) ThreadOfLaunch => ("Grid.GlobalIndex.X", "(long)Grid.DimX * Group.DimX");

    public override (string Group, string Thread) Place => ("Grid.IdxX", "Group.IdxX");

    public override string Barrier => "Group.Barrier();";

    protected override (string Signed, string Plain) Byte => ("sbyte", "byte");

    protected override (string Int, string Long) Least => ("int.MinValue", "long.MinValue");

    public override string Declare(string type, string name) => $"{type} {name} = default;";

    public override string InArena(string name, string type, string scratch, string from, string bytes) => $"var {name} = {scratch}.SubView({from}, {bytes}).Cast<{type}>();";

    public override string Array(string name, string type, long count, bool ofGroup) => $"var {name} = {(ofGroup ? "SharedMemory" : "LocalMemory")}.Allocate<{type}>({Bare(count)});";

    public override string Num(string function, Scalar kind, params string[] x) => $"Num.{function}({string.Join(", ", x)})";

    public override string Packed(string function, params string[] x) => Num(function, Scalar.I32, x);

    public override string Function(Function function, Scalar kind, string[] x) => function switch
    {
        Ir.Function.Abs => $"XMath.Abs({x[0]})",
        Ir.Function.Round => $"XMath.RoundToEven({x[0]})",
        Ir.Function.Floor => $"XMath.Floor({x[0]})",
        Ir.Function.Ceil => $"XMath.Ceiling({x[0]})",
        Ir.Function.Trunc => $"XMath.Truncate({x[0]})",
        Ir.Function.Sqrt => $"XMath.Sqrt({x[0]})",
        _ when kind == Scalar.F64 && OfDouble.Contains(function) => $"Math.{function}({string.Join(", ", x)})",
        _ => throw Unsupported(kind, function.Text()),
    };

    public override string Remainder(string x, string y) => $"({x} % {y})";

    // All that is written is unchecked.
    public override string Wrapping(Scalar kind, string x, string sign, string y) => $"({x} {sign} {y})";

    public override string Bits(Scalar from, Scalar to, string x) => (from, to) switch
    {
        (Scalar.F32, _) => to == Scalar.I32 ? $"(int)Interop.FloatAsInt({x})" : $"Interop.FloatAsInt({x})",
        (_, Scalar.F32) => $"Interop.IntAsFloat({(from == Scalar.I32 ? $"(uint){Atom(x)}" : x)})",
        (Scalar.F64, _) => to == Scalar.I64 ? $"(long)Interop.FloatAsInt({x})" : $"Interop.FloatAsInt({x})",
        _ => $"Interop.IntAsFloat({(from == Scalar.I64 ? $"(ulong){Atom(x)}" : x)})",
    };

    /// <summary>Less than 32 bits travel as 32.</summary>
    public override string Shuffled(Scalar kind, string number, long apart) => kind.Bits >= 32 ? $"Warp.ShuffleXor({number}, {Bare(apart)})" : $"({InMemory(kind)})Warp.ShuffleXor((int){Atom(number)}, {Bare(apart)})";

    public override string Method(string kernel, LaunchText launch) =>
        $"public static void Run{(launch.Number == 0 ? "" : Bare(launch.Number))}({string.Join(", ", Parameters(launch))})\n{{\n    unchecked\n    {{\n{string.Concat(launch.Lines.Select(l => $"        {l}\n"))}    }}\n}}\n";

    public override string Kernel(string name, string summary, IEnumerable<string> methods) =>
        $"/// <summary>{summary.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal)}</summary>\npublic static class {name}\n{{\n{Indented(string.Join('\n', methods))}}}\n";

    public override string File(IEnumerable<string> kernels) => $"{Usings}\n{string.Join('\n', kernels)}\n{EmbeddedText.Read("Num.txt")}";

    /// <summary>What calls the methods of kernels through launchers with arguments of one type each.</summary>
    public static string Bindings(IEnumerable<KernelSource> kernels) => $"{Usings}\n{string.Join('\n', kernels.Select(kernel => $"public static class {kernel.Name}Launches\n{{\n{Indented(string.Concat(kernel.Launches.Select(Binding)))}}}\n"))}";

    private static string Binding(LaunchText launch)
    {
        var number = Bare(launch.Number);
        List<string> arguments = [.. launch.Views.Select((v, i) => $"views[{Bare(i)}].Cast<{v.Type}>()"), .. launch.Scratch == "" ? (string[])[] : [$"views[{Bare(launch.Views.Count)}]"], .. launch.Numbers.Select((_, i) => $"numbers[{Bare(i)}]")];
        return $"public delegate void Launch{number}(AcceleratorStream stream, KernelConfig config{string.Concat(Parameters(launch).Select(p => ", " + p))});\n"
            + $"public static Action<AcceleratorStream, KernelConfig, ArrayView<byte>[], long[]> Bind{number}(Kernel kernel)\n{{\n    var launch = kernel.CreateLauncherDelegate<Launch{number}>();\n    return (stream, config, views, numbers) => launch(stream, config{string.Concat(arguments.Select(a => ", " + a))});\n}}\n";
    }

    private static List<string> Parameters(LaunchText launch) => [.. launch.Views.Select(v => $"ArrayView<{v.Type}> {v.Name}"), .. launch.Scratch == "" ? (string[])[] : [$"ArrayView<byte> {launch.Scratch}"], .. launch.Numbers.Select(n => $"long {n}")];

    protected override string Real(double x, bool isSingle)
    {
        var type = isSingle ? "float" : "double";
        return double.IsNaN(x) ? $"{type}.NaN" : double.IsPositiveInfinity(x) ? $"{type}.PositiveInfinity" : double.IsNegativeInfinity(x) ? $"{type}.NegativeInfinity" : Parenthesized(Shortest(x, isSingle) + (isSingle ? "f" : "d"));
    }
}

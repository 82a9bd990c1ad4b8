using Lathe.Ir;

namespace Lathe.Codegen.Gpu;

/// <summary>A language that kernels for a GPU are written in: what of it <see cref="BodyPrinter"/> and <see cref="KernelSource"/> do not share.</summary>
/// <remarks>All are heirs of C: loops, conditions and operators are written once. In variables whole numbers below a byte are a byte, and floats narrower than f32 are their codes; in memory a bool is a byte too.</remarks>
internal abstract class KernelLanguage
{
    /// <summary>Whether a name means something already: a word of the language, or what is written calls it.</summary>
    public abstract bool IsTaken(string name);

    /// <summary>Where a thread may read registers of another; where not, such registers are memory of the group.</summary>
    public abstract bool HasShuffles { get; }

    /// <summary>The number of the thread in the launch, and of all there are.</summary>
    public abstract (string Number, string Count) ThreadOfLaunch { get; }

    /// <summary>The number of the group, and of the thread in it.</summary>
    public abstract (string Group, string Thread) Place { get; }

    /// <summary>Waits for the other threads of the group.</summary>
    public abstract string Barrier { get; }

    /// <summary>A whole number in a byte, with a sign and without.</summary>
    protected abstract (string Signed, string Plain) Byte { get; }

    /// <summary>The least of whole numbers with a sign, which no literal is.</summary>
    protected abstract (string Int, string Long) Least { get; }

    /// <summary>The type of a variable.</summary>
    /// <exception cref="DiagnosticException">LT4310: no kernel for a GPU holds such numbers.</exception>
    public string Of(Scalar kind) => kind switch
    {
        Scalar.Bool => "bool",
        Scalar.I2 or Scalar.I4 or Scalar.I8 => Byte.Signed,
        Scalar.U1 or Scalar.U2 or Scalar.U4 or Scalar.U8 => Byte.Plain,
        Scalar.I16 => "short",
        Scalar.U16 or Scalar.F16 or Scalar.BF16 => "ushort",
        Scalar.I32 => "int",
        Scalar.U32 => "uint",
        Scalar.I64 => "long",
        Scalar.U64 => "ulong",
        Scalar.F32 => "float",
        Scalar.F64 => "double",
        _ when kind.IsReal => Byte.Plain,
        _ => throw Unsupported(kind),
    };

    public string InMemory(Scalar kind) => Of(kind == Scalar.Bool || kind.Bits < 8 ? Scalar.U8 : kind);

    public string Literal(Number n) => n.Type switch
    {
        Scalar.Bool => n.Integer != 0 ? "true" : "false",
        Scalar.F32 => Real((float)n.Real, isSingle: true),
        Scalar.F64 => Real(n.Real, isSingle: false),
        Scalar.I64 => n.Integer == long.MinValue ? Least.Long : Signed(n.Integer, "L"),
        Scalar.U64 => $"{((ulong)n.Integer).ToString(System.Globalization.CultureInfo.InvariantCulture)}ul",
        Scalar.U32 => $"{Bare(n.Integer)}u",
        Scalar.I32 => n.Integer == int.MinValue ? Least.Int : Signed(n.Integer, ""),
        _ => $"({Of(n.Type)}){Signed(n.Integer, "")}",
    };

    /// <summary>A real number that comes back as it was.</summary>
    protected abstract string Real(double x, bool isSingle);

    /// <summary>The shortest digits that say a number.</summary>
    protected static string Shortest(double x, bool isSingle) => isSingle ? ((float)x).ToString("R", System.Globalization.CultureInfo.InvariantCulture) : x.ToString("R", System.Globalization.CultureInfo.InvariantCulture);

    protected static string Parenthesized(string literal) => literal[0] == '-' ? $"({literal})" : literal;

    /// <summary>A variable that is nothing yet.</summary>
    public abstract string Declare(string type, string name);

    /// <summary>A stretch of the arena as an array.</summary>
    public abstract string InArena(string name, string type, string scratch, string from, string bytes);

    /// <summary>An array of the thread, or where it is the group's of that.</summary>
    public abstract string Array(string name, string type, long count, bool ofGroup);

    /// <summary>A function of the arithmetic that is written beside the kernels, where that differs from the language's own.</summary>
    /// <param name="kind">Of the arguments: i32 and more.</param>
    public abstract string Num(string function, Scalar kind, params string[] x);

    /// <summary>Several numbers to a byte.</summary>
    public abstract string Packed(string function, params string[] x);

    /// <summary>A function that the language has.</summary>
    /// <exception cref="DiagnosticException">LT4310: it has not.</exception>
    public abstract string Function(Function function, Scalar kind, string[] x);

    /// <summary>What is left of a division of real numbers, its sign the dividend's.</summary>
    public abstract string Remainder(string x, string y);

    /// <summary>A sum, difference or product of whole numbers of 16 bits and more that wraps.</summary>
    public abstract string Wrapping(Scalar kind, string x, string sign, string y);

    /// <summary>The same bits as a number of another kind, f32 or f64 one of the two.</summary>
    public abstract string Bits(Scalar from, Scalar to, string x);

    /// <summary>A number of the thread that many places apart.</summary>
    public abstract string Shuffled(Scalar kind, string number, long apart);

    /// <summary>One launch as what can be launched.</summary>
    public abstract string Method(string kernel, LaunchText launch);

    /// <summary>The launches of one kernel.</summary>
    public abstract string Kernel(string name, string summary, IEnumerable<string> methods);

    /// <summary>A whole file.</summary>
    public abstract string File(IEnumerable<string> kernels);

    /// <summary>A whole number where what it meets says its kind.</summary>
    public static string Bare(long n) => n.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Whether it is worked out in 32 bits, so that results must be cut.</summary>
    public static bool IsShort(Scalar kind) => kind.IsInteger && kind.Bits < 32;

    protected static string Indented(string text) => string.Concat(text.TrimEnd('\n').Split('\n').Select(line => line == "" ? "\n" : $"    {line}\n"));

    private static string Signed(long n, string ending) => n < 0 ? $"({Bare(n)}{ending})" : $"{Bare(n)}{ending}";

    /// <summary>A text that a cast may stand before.</summary>
    public static string Atom(string text) => text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.') || Naked(text) != text ? text : $"({text})";

    /// <summary>A text without the parentheses around all of it.</summary>
    public static string Naked(string text)
    {
        if (text is not ['(', .., ')']) return text;
        var depth = 0;
        for (var i = 0; i < text.Length - 1; i++)
            if ((depth += text[i] == '(' ? 1 : text[i] == ')' ? -1 : 0) == 0) return text;
        return text[1..^1];
    }

    /// <summary>What no kernel for a GPU holds.</summary>
    public static DiagnosticException Unsupported(Scalar kind, string what = "numbers") =>
        new(new Diagnostic("LT4310", $"GPU kernels have no {what} of {kind.Text}", "", "--target=cpu computes them"));
}

/// <summary>One launch as text.</summary>
/// <param name="Threads">Threads of a group; 0 where groups may be of any size.</param>
/// <param name="Views">Type and name of each array that is an argument.</param>
/// <param name="Scratch">The name of the scratch; empty where there is none.</param>
/// <param name="Numbers">Names of dimensions and rounds.</param>
internal sealed record LaunchText(int Number, int Threads, Seq<(string Type, string Name)> Views, string Scratch, Seq<string> Numbers, Seq<string> Lines);

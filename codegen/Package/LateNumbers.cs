using System.Globalization;
using Lathe.Ir;

namespace Lathe.Codegen.Package;

/// <summary>Numbers that follow from symbols which a run binds, worked out where they are needed: a symbol is read from the run's dimensions, a slot's number from the slot, all else is a kernel of its own.</summary>
/// <param name="code">The function that is being written.</param>
/// <param name="program">Whose symbols they are.</param>
/// <param name="dims">The run's dimensions: those known at entry, then those that steps bind.</param>
/// <param name="symbolOf">The symbol that such a kernel is emitted under.</param>
internal sealed class LateNumbers(AssemblyText code, Program program, string dims, Func<string, string> symbolOf)
{
    private readonly Dictionary<string, int> places = Symbols(program).Index().ToDictionary(s => s.Item.Name, s => s.Index, StringComparer.Ordinal);
    private readonly Dictionary<Expr, PlanKernel> kernels = [];
    private string table = "", arguments = "", numbers = "";

    /// <summary>Every symbol of a run in the order of its dimensions.</summary>
    public static Seq<Symbol> Symbols(Program program) => [.. program.Symbols, .. program.Steps.Bound.DistinctBy(s => s.Name)];

    /// <summary>The kernels that <see cref="Value"/> has called.</summary>
    public IEnumerable<Kernel> Kernels => kernels.Values.Select(k => k.Kernel);

    /// <summary>Stack that is taken once, not in every round of a loop.</summary>
    public void Reserve()
    {
        (table, arguments, numbers) = (code.Reserve("[1 x i64]"), code.Reserve("[1 x ptr]"), code.Reserve($"[{Math.Max(1, places.Count)} x i64]"));
        code.Line($"store ptr {table}, ptr {arguments}");
    }

    public void Bind(Symbol symbol, string value) => code.Line($"store i64 {value}, ptr {code.At(dims, places[symbol.Name] * 8L)}");

    /// <summary>A number here and now, as i64.</summary>
    /// <param name="slot">The address of a slot.</param>
    public string Value(Expr e, Func<string, string>? slot = null)
    {
        switch (e)
        {
            case Number n: return n.Integer.ToString(CultureInfo.InvariantCulture);
            case Symbol s: return code.Field(dims, places[s.Name] * 8L, "i64");
            case Cast { Operand: Load } cast: return Value(cast.Operand, slot);
            case Load { At: [Number { Integer: var at }], Buffer.Scalar: var kind }:
                var (type, address) = ($"i{kind.Bits}", slot!(((Load)e).Buffer.Name));
                var read = code.Field(address, at * (kind.Bits / 8), type);
                return type == "i64" ? read : code.Let($"{(kind.IsSigned ? "sext" : "zext")} {type} {read} to i64");
        }
        if (!kernels.TryGetValue(e, out var kernel)) kernels[e] = kernel = new($"late.{kernels.Count}", e);
        code.Line($"call void @\"{symbolOf(kernel.Kernel.Name)}\"(ptr {arguments}, ptr {Gathered(kernel.Kernel, numbers)}, ptr null, ptr null)");
        return code.Field(table, 0, "i64");
    }

    /// <summary>The dimensions that a kernel takes, in its order, put into an array.</summary>
    public string Gathered(Kernel kernel, string array)
    {
        foreach (var (i, symbol) in kernel.Symbols.Index()) code.Line($"store i64 {code.Field(dims, places[symbol.Name] * 8L, "i64")}, ptr {code.At(array, i * 8L)}");
        return array;
    }
}

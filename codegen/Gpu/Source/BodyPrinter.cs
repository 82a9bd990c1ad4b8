using System.Diagnostics;
using Lathe.Ir;

namespace Lathe.Codegen.Gpu;

/// <summary>Writes the statements of one launch as text of a language: one case for each kind. It names no operator and no format.</summary>
/// <remarks>A formula that is used twice is a variable, in the outermost scope in which it can be known; any other stands where it is used.</remarks>
internal sealed partial class BodyPrinter(KernelLanguage language, Identifiers names, ScratchLayout layout, bool threadsTakeTurns, Func<Symbol, string> symbol, Func<string> scratch)
{
    private const string Indent = "    ";

    private readonly List<Scope> open = [new(ScopeKind.Method, [])];
    private readonly Dictionary<Buffer, string> places = [];
    private readonly Dictionary<Axis, string> indices = [];

    public IReadOnlyList<string> Lines => open[0].Lines;

    /// <summary>Says what a buffer is called.</summary>
    public string Bind(Buffer buffer, string name) => places[buffer] = places[Row(buffer)] = name;

    /// <summary>Says what an index is called.</summary>
    public void Bind(Axis axis, string name) => indices[axis] = name;

    private Scope Here => open[^1];

    public void Print(Stmt stmt)
    {
        switch (stmt)
        {
            case Block b: foreach (var step in b.Steps) Print(step); break;
            case Scratch s: Print(s); break;
            case Store s: Print(s); break;
            case Guard g: Print(g); break;
            case Loop { Kind: LoopKind.Threads } l: PrintThreads(l); break;
            case Loop l: Within(new(ScopeKind.Loop, [l.Axis]), Head(l.Axis), () => Print(l.Body)); break;
            default: throw new UnreachableException();
        }
    }

    /// <summary>The threads of a launch share the iterations: each takes every so many-th.</summary>
    public void PrintGrid(Loop loop)
    {
        var extent = Known(loop.Axis.Extent);
        var t = indices[loop.Axis] = names.Next(loop.Axis.Name);
        Within(new(ScopeKind.Loop, [loop.Axis]), $"for (long {t} = {language.ThreadOfLaunch.Number}; {t} < {extent}; {t} += {language.ThreadOfLaunch.Count})", () => Print(loop.Body));
    }

    /// <summary>A place in the arena as an array.</summary>
    public void PlaceInArena(Scratch s)
    {
        var buffer = s.Buffer;
        var (name, type) = (Bind(buffer, names.Next(buffer.Name)), language.InMemory(buffer.Scalar));
        var bytes = Known(Linear.Simplify((buffer.Size * buffer.Scalar.Bits + 7) / 8));
        Here.Lines.Add(language.InArena(name, type, scratch(), Known(layout.Offset(s)), bytes));
    }

    private void Print(Scratch s)
    {
        var buffer = s.Buffer;
        if (buffer.Space == Space.Arena) PlaceInArena(s);
        else if (IsOfGroup(s)) PlaceInGroup(s);
        else
        {
            var name = Bind(buffer, names.Next(buffer.Name));
            if (IsVariable(buffer)) Here.Lines.Add(language.Declare(language.Of(buffer.Scalar), name));
            else Allocate(name, false, buffer, buffer.Size);
        }
        Print(s.Body);
    }

    /// <summary>An array, made once for a thread or a group however often its loop comes round.</summary>
    private void Allocate(string name, bool ofGroup, Buffer buffer, Expr size) => open[0].Lines.Insert(0, size is Number known
        ? language.Array(name, language.Of(buffer.Scalar == Scalar.Bool ? Scalar.U8 : buffer.Scalar), Math.Max(1, known.Integer), ofGroup)
        : throw new InvalidOperationException($"scratch %{buffer.Name} is no memory of the arena, its size {size} must be known"));

    private void Print(Guard g)
    {
        var condition = "";
        Statement([g.Condition], () => condition = Known(g.Condition));
        Within(new(ScopeKind.Guard, []), $"if ({condition})", () => Print(g.Body));
    }

    private void Print(Store s)
    {
        var (buffer, value) = (s.Buffer, Expand(s.Value));
        if (IsVariable(buffer)) Statement([value], () => Here.Lines.Add($"{places[buffer]} = {Known(value)};"));
        else
        {
            var at = Expand(Linear.Simplify(Placed(buffer, s.At)));
            Statement([value, at], () =>
            {
                var (number, index) = (Known(value), Known(at));
                Here.Lines.Add(Packs(buffer) ? language.Packed("Store", places[buffer], index, Digits(buffer.Scalar.Bits), $"({language.Of(Scalar.U8)}){KernelLanguage.Atom(number)}") + ";"
                    : buffer.Scalar == Scalar.Bool ? $"{places[buffer]}[{index}] = ({language.Of(Scalar.U8)})({number} ? 1 : 0);" : $"{places[buffer]}[{index}] = {number};");
            });
        }
    }

    /// <summary>A number alone in registers is a variable, no memory.</summary>
    private static bool IsVariable(Buffer buffer) => buffer is { Space: Space.Registers, Shape.Count: 0 };

    /// <summary>Whether several numbers share a byte.</summary>
    private static bool Packs(Buffer buffer) => buffer.Space is not (Space.Registers or Space.Shared) && buffer.Scalar.Bits < 8;

    private string Head(Axis axis)
    {
        var extent = "";
        Statement([axis.Extent], () => extent = Known(axis.Extent));
        var name = indices[axis] = names.Next(axis.Name);
        return $"for (long {name} = 0; {name} < {extent}; {name}++)";
    }

    /// <summary>Writes one statement; what is worked out on the way is not seen behind it.</summary>
    private void Statement(IEnumerable<Expr> formulas, Action write)
    {
        Count(formulas);
        open.Add(new(ScopeKind.Statement, []));
        write();
        Close("");
    }

    /// <summary>Writes a scope; its head is written already, in what is around it.</summary>
    private void Within(Scope scope, string head, Action write)
    {
        open.Add(scope);
        write();
        Close(head);
    }

    private void Close(string head)
    {
        var lines = Here.Lines;
        open.RemoveAt(open.Count - 1);
        if (head == "") Here.Lines.AddRange(lines);
        else Here.Lines.AddRange([head, "{", .. lines.Select(line => Indent + line), "}"]);
    }
}

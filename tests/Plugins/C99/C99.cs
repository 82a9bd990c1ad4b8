using System.Globalization;
using System.Text;
using Lathe.Ir;
using Lathe.Sdk;
using Buffer = Lathe.Ir.Buffer;
using Encoding = System.Text.Encoding;

[assembly: Plugin("c99")]

namespace Samples;

/// <summary>Plain C of a program whose kernels are as they were lowered: loops around formulas. GNU C, for the statement expressions that sums become.</summary>
public sealed class Source : ProgramTarget
{
    public override string Description => "C of plain loops, one file";

    public override IEnumerable<(string File, byte[] Contents)> Write(Program program, string name)
    {
        if (program.Symbols.Count > 0) throw Cannot($"dimension {program.Symbols[0].Name} is open", $"--dim {program.Symbols[0].Name}=1");
        if (program.Steps.FirstOrDefault(s => s is not CallKernel) is { } other) throw Cannot($"a step is a {other.GetType().Name}", "branches and loops are not for this target");
        var text = new StringBuilder(Head);
        var slots = program.Slots.Index().ToDictionary(s => s.Item.Name, s => $"s{s.Index}", StringComparer.Ordinal);
        foreach (var (kernel, place) in program.Kernels.Select((k, i) => (k, i))) text.Append(new KernelSource(kernel, $"k{place}").Text);
        foreach (var (slot, contents) in program.Weights)
            text.Append($"static const unsigned char {slots[slot]}[] __attribute__((aligned(64))) = {{{string.Join(',', contents.Span(0, (int)contents.Length).ToArray())}}};\n");
        var given = program.Weights.Select(w => w.Slot).ToHashSet(StringComparer.Ordinal);
        foreach (var slot in program.Slots.Where(s => s.Kind is not (SlotKind.Input or SlotKind.Output) && !given.Contains(s.Name)))
            text.Append($"static unsigned char {slots[slot.Name]}[{slot.Bytes.Whole + 1}] __attribute__((aligned(64)));\n");
        text.Append($"\n/* {string.Join(", ", program.Inputs.Select(v => $"{v.Name}: {v.Type}"))} -> {string.Join(", ", program.Outputs.Select(v => $"{v.Name}: {v.Type}"))} */\n");
        text.Append($"void {name}_run(const void *const *inputs, void *const *outputs)\n{{\n");
        foreach (var (kind, list) in new[] { (SlotKind.Input, "inputs"), (SlotKind.Output, "outputs") })
            foreach (var (slot, i) in program.Slots.Where(s => s.Kind == kind).Select((s, i) => (s, i))) text.Append($"  void *{slots[slot.Name]} = (void *){list}[{i}];\n");
        var numbers = program.Kernels.Select((k, i) => (k.Name, i)).ToDictionary(p => p.Name, p => p.i, StringComparer.Ordinal);
        foreach (var call in program.Once.Concat(program.Steps.Cast<CallKernel>()))
            text.Append($"  k{numbers[call.Kernel]}({string.Join(", ", call.Arguments.Select(a => $"(void *){slots[a]}"))}); /* {call.Name.Replace("*/", "", StringComparison.Ordinal)} */\n");
        yield return ($"{name}.c", Encoding.UTF8.GetBytes(text.Append("}\n").ToString()));
    }

    internal static DiagnosticException Cannot(string why, string remedy) => new(new Diagnostic("LTC401", $"C of plain loops: {why}", "", remedy));

    private const string Head = """
        #include <math.h>
        #include <stdint.h>
        #include <string.h>
        #define DIV(a, b) ({ int64_t x_ = (a), y_ = (b), q_ = x_ / y_; x_ % y_ && (x_ < 0) != (y_ < 0) ? q_ - 1 : q_; })
        #define MOD(a, b) ({ int64_t u_ = (a), v_ = (b), r_ = u_ % v_; r_ && (r_ < 0) != (v_ < 0) ? r_ + v_ : r_; })
        #define MIN(a, b) ({ __typeof__(a) m_ = (a), n_ = (b); m_ != m_ || m_ < n_ ? m_ : n_; })
        #define MAX(a, b) ({ __typeof__(a) m_ = (a), n_ = (b); m_ != m_ || m_ > n_ ? m_ : n_; })
        #define BITS(to, from, a) ({ from f_ = (a); to t_; memcpy(&t_, &f_, sizeof t_); t_; })


        """;
}

/// <summary>One kernel as a C function.</summary>
internal sealed class KernelSource
{
    private readonly StringBuilder text = new();
    private readonly Dictionary<object, string> names = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, string> buffers = new(StringComparer.Ordinal);

    public KernelSource(Kernel kernel, string name)
    {
        foreach (var buffer in kernel.Inputs.Concat(kernel.Outputs)) buffers[buffer.Name] = $"b{buffers.Count}";
        text.Append($"static void {name}({string.Join(", ", kernel.Inputs.Concat(kernel.Outputs).Select(b => $"{Kind(b.Scalar)} *{buffers[b.Name]}"))})\n{{\n");
        Put(kernel.Body, "  ");
        text.Append("}\n\n");
    }

    public string Text => text.ToString();

    private void Put(Stmt statement, string indent)
    {
        switch (statement)
        {
            case Block block:
                foreach (var step in block.Steps) Put(step, indent);
                break;
            case Loop loop:
                text.Append($"{indent}for (int64_t {Name(loop.Axis)} = 0; {Name(loop.Axis)} < {Of(loop.Axis.Extent)}; {Name(loop.Axis)}++) {{\n");
                Put(loop.Body, indent + "  ");
                text.Append($"{indent}}}\n");
                break;
            case Guard guard:
                text.Append($"{indent}if ({Of(guard.Condition)}) {{\n");
                Put(guard.Body, indent + "  ");
                text.Append($"{indent}}}\n");
                break;
            case Scratch scratch:
                text.Append($"{indent}{{\n{indent}  static {Kind(scratch.Buffer.Scalar)} {buffers[scratch.Buffer.Name] = $"b{buffers.Count}"}[{scratch.Buffer.Size.Whole}];\n");
                Put(scratch.Body, indent + "  ");
                text.Append($"{indent}}}\n");
                break;
            case Store store:
                text.Append($"{indent}{Element(store.Buffer, store.At)} = {Of(store.Value)};\n");
                break;
        }
    }

    private string Element(Buffer buffer, Seq<Expr> at) => $"{buffers[buffer.Name]}[{Of(Linear.Simplify(buffer.Flat(at)))}]";

    private string Of(Expr e) => e switch
    {
        Number { IsReal: true } n => Real(n),
        Number n => n.Integer == long.MinValue ? "INT64_MIN" : $"(({Kind(n.Type)}){n.Integer.ToString(CultureInfo.InvariantCulture)}LL)",
        Axis axis => Name(axis),
        Load { Outside: null } load => Element(load.Buffer, load.At),
        Load load => $"({string.Join(" && ", load.At.Zip(load.Buffer.Shape, (at, extent) => $"{Of(at)} >= 0 && {Of(at)} < {Of(extent)}"))} ? {Element(load.Buffer, load.At)} : {Of(load.Outside!)})",
        Binary b => Arithmetic(b),
        Cast cast => cast.Type == Scalar.Bool ? $"({Of(cast.Operand)} != 0)" : $"(({Kind(cast.Type)}){Of(cast.Operand)})",
        Bitcast bits => $"BITS({Kind(bits.Type)}, {Kind(bits.Operand.Type)}, {Of(bits.Operand)})",
        Call call => Function(call),
        Reduce reduce => Sum(reduce),
        _ => throw Source.Cannot($"{e.GetType().Name} is nothing that it prints", "unscheduled kernels have none"),
    };

    private string Arithmetic(Binary b)
    {
        var (x, y) = (Of(b.A), Of(b.B));
        return (b.Operator, b.Type.IsReal) switch
        {
            (Operator.Divide, false) => $"(({Kind(b.Type)})DIV({x}, {y}))",
            (Operator.Modulo, false) => $"(({Kind(b.Type)})MOD({x}, {y}))",
            (Operator.Modulo, true) => $"fmod({x}, {y})",
            _ => $"(({Kind(b.Type)})({x} {b.Operator.Text()} {y}))",
        };
    }

    private string Function(Call call)
    {
        var arguments = call.Arguments.Select(Of).ToList();
        var f = call.Type == Scalar.F32 ? "f" : "";
        return call.Function switch
        {
            Lathe.Ir.Function.Select => $"({arguments[0]} ? {arguments[1]} : {arguments[2]})",
            Lathe.Ir.Function.Min => $"MIN({arguments[0]}, {arguments[1]})",
            Lathe.Ir.Function.Max => $"MAX({arguments[0]}, {arguments[1]})",
            Lathe.Ir.Function.Abs => call.Type.IsReal ? $"fabs{f}({arguments[0]})" : $"(({Kind(call.Type)})llabs({arguments[0]}))",
            Lathe.Ir.Function.Round => $"rint{f}({arguments[0]})",
            Lathe.Ir.Function.IsNan => $"(isnan({arguments[0]}) != 0)",
            Lathe.Ir.Function.IsInf => $"(isinf({arguments[0]}) != 0)",
            Lathe.Ir.Function.Not => call.Type == Scalar.Bool ? $"(!{arguments[0]})" : $"(({Kind(call.Type)})~{arguments[0]})",
            Lathe.Ir.Function.Quotient => $"({arguments[0]} / {arguments[1]})",
            Lathe.Ir.Function.Remainder => call.Type.IsReal ? $"fmod{f}({arguments[0]}, {arguments[1]})" : $"({arguments[0]} % {arguments[1]})",
            Lathe.Ir.Function.Sign => $"(({arguments[0]} > 0) - ({arguments[0]} < 0))",
            Lathe.Ir.Function.PopCount => $"__builtin_popcountll({arguments[0]})",
            Lathe.Ir.Function.Ahead => arguments[0],
            _ => $"{call.Function.Text()}{f}({string.Join(", ", arguments)})",
        };
    }

    private string Sum(Reduce reduce)
    {
        var (kind, loops) = (reduce.Type.IsReal && reduce.Kind is ReduceKind.Sum or ReduceKind.Product ? "double" : Kind(reduce.Type), new StringBuilder());
        var total = $"t{names.Count}";
        names[new object()] = total;
        foreach (var axis in reduce.Axes) loops.Append($"for (int64_t {Name(axis)} = 0; {Name(axis)} < {Of(axis.Extent)}; {Name(axis)}++) ");
        var step = reduce.Kind switch { ReduceKind.Sum => $"{total} += {Of(reduce.Body)}", ReduceKind.Product => $"{total} *= {Of(reduce.Body)}", ReduceKind.Max => $"{total} = MAX({total}, {Of(reduce.Body)})", _ => $"{total} = MIN({total}, {Of(reduce.Body)})" };
        return $"({{ {kind} {total} = {Of(reduce.Start)}; {loops}{step}; ({Kind(reduce.Type)}){total}; }})";
    }

    private string Name(Axis axis) => names.TryGetValue(axis, out var known) ? known : names[axis] = $"i{names.Count}";

    private static string Real(Number n) => double.IsNaN(n.Real) ? "NAN" : double.IsInfinity(n.Real) ? n.Real > 0 ? "INFINITY" : "(-INFINITY)" : $"({n.Real.ToString("E16", CultureInfo.InvariantCulture)}{(n.Type == Scalar.F32 ? "f" : "")})";

    private static string Kind(Scalar kind) => kind switch
    {
        Scalar.F32 => "float",
        Scalar.F64 => "double",
        Scalar.Bool => "uint8_t",
        _ when kind.IsInteger && kind.Bits >= 8 => $"{(kind.IsSigned ? "" : "u")}int{kind.Bits}_t",
        _ => throw Source.Cannot($"it has no {kind.Text}", "f32, f64 and whole numbers of 8 to 64 bits"),
    };
}

using Lathe.Ir;

namespace Lathe.Codegen.Llvm;

/// <summary>One kernel on its way into a module: what its functions share.</summary>
internal sealed class KernelWriter(Kernel kernel, CpuTarget target, ModuleWriter module, string symbol)
{
    private readonly Dictionary<Buffer, string> aliasFacts = new(ReferenceEqualityComparer.Instance);
    private int parallelLoops;

    /// <summary>Whether the machine casts between f16 and f32.</summary>
    public bool HasHalf { get; } = target.Architecture == CpuArchitecture.X86 ? target.Has("f16c") : target.Architecture == CpuArchitecture.Aarch64 || target.Architecture == CpuArchitecture.Nvptx64;

    /// <summary>Whether the machine multiplies and adds in one step.</summary>
    public bool HasFma { get; } = target.HasFma;

    public CpuTarget Target => target;
    public ModuleWriter Module => module;
    public ScratchLayout Layout { get; } = ScratchLayout.Of(kernel);

    /// <summary>Values of the symbols, as parameters of every function of the kernel.</summary>
    public Seq<(Symbol Symbol, string Name)> Symbols { get; } = [.. kernel.Symbols.Select((symbol, i) => (symbol, $"%d{i.Text()}"))];

    public void Write()
    {
        StateAliases();
        var body = new BodyEmitter(this, isParallel: false);
        Seq<(Buffer Buffer, string Name)> buffers = [.. kernel.Inputs.Concat(kernel.Outputs).Select((buffer, i) => (buffer, $"%b{i.Text()}"))];
        foreach (var (buffer, name) in buffers) body.Bind(buffer, name);
        body.Emit(kernel.Body);
        // A caller's strides may lay a result over an operand.
        Define($"{symbol}.body", [.. buffers.Select(b => $"ptr{(b.Buffer.Apart is [] ? " noalias" : "")} %{b.Name[1..]}"), .. SymbolParameters, "ptr noalias %scratch", "ptr %host"], body);

        var entry = new FunctionWriter();
        string[] arguments = [.. buffers.Select((_, i) => $"ptr {Word(entry, "%args", i, "ptr")}"), .. Symbols.Select((_, i) => $"i64 {Word(entry, "%dims", i, "i64")}"), "ptr %scratch", "ptr %host"];
        entry.Line($"notail call void @\"{symbol}.body\"({string.Join(", ", arguments)})");
        module.Function($"define void @\"{symbol}\"(ptr %args, ptr %dims, ptr %scratch, ptr %host) nounwind noredzone", entry.Text);
    }

    /// <summary>A name for the function of one more parallel loop.</summary>
    public string NextParallel() => $"{symbol}.parallel{(parallelLoops++).Text()}";

    public IEnumerable<string> SymbolParameters => Symbols.Select(s => $"i64 range(i64 {s.Symbol.Low.Text()}, {(s.Symbol.High + 1).Text()}) {s.Name}");

    /// <summary>Writes a function that only this module calls.</summary>
    public void Define(string name, IEnumerable<string> parameters, BodyEmitter body)
    {
        // Without these LLVM cuts vectors of 64 bytes in halves, to keep the clock of older processors up.
        var wide = body.WidestVector >= 64 && target.VectorBytes >= 64 ? " \"min-legal-vector-width\"=\"512\" \"prefer-vector-width\"=\"512\"" : "";
        module.Function($"define internal void @\"{name}\"({string.Join(", ", parameters)}) nounwind noredzone noinline{wide}", body.Text);
    }

    /// <summary>Reads word <paramref name="i"/> of an array of pointers or i64.</summary>
    public static string Word(FunctionWriter code, string array, int i, string type) => code.Let($"load {type}, ptr {code.Let($"getelementptr inbounds i64, ptr {array}, i64 {i.Text()}")}");

    /// <summary>What stands behind each access of a scratch: that it meets none of the others alive.</summary>
    public string AliasFact(Buffer scratch) => aliasFacts.GetValueOrDefault(scratch, "");

    /// <summary>Scratches alive at once lie apart; those that are not may share their place, so nothing is said of them.</summary>
    private void StateAliases()
    {
        var apart = new Dictionary<Buffer, List<Buffer>>(ReferenceEqualityComparer.Instance);
        var order = new List<Buffer>();
        Walk(kernel.Body, []);
        if (order.Count < 2) return;
        var domain = module.Fact("distinct !{$}");
        var scope = order.ToDictionary(b => b, _ => module.Fact($"distinct !{{$, {domain}}}"), (IEqualityComparer<Buffer>)ReferenceEqualityComparer.Instance);
        foreach (var buffer in order)
        {
            if (apart[buffer].Count == 0) continue;
            var (own, others) = (module.Fact($"!{{{scope[buffer]}}}"), module.Fact($"!{{{string.Join(", ", apart[buffer].Select(b => scope[b]))}}}"));
            aliasFacts[buffer] = $", !alias.scope {own}, !noalias {others}";
        }

        void Walk(Stmt stmt, Seq<Buffer> around)
        {
            if (stmt is Scratch { Buffer: { Space: Space.Arena } buffer })
            {
                if (apart.TryAdd(buffer, [])) order.Add(buffer);
                foreach (var outer in around)
                {
                    if (!apart[buffer].Contains(outer)) apart[buffer].Add(outer);
                    if (!apart[outer].Contains(buffer)) apart[outer].Add(buffer);
                }
                around = [.. around, buffer];
            }
            foreach (var inner in stmt.Inner) Walk(inner, around);
        }
    }
}

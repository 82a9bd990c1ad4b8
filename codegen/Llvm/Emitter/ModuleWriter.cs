using System.Text;
using Lathe.Codegen.Package;
using Lathe.Ir;

namespace Lathe.Codegen.Llvm;

/// <summary>The text of one module: functions, what they declare, and facts about aliases.</summary>
internal sealed class ModuleWriter
{
    private readonly StringBuilder functions = new();
    private readonly SortedDictionary<string, string> declarations = new(StringComparer.Ordinal);
    private readonly List<string> facts = [], annotations = [];
    private int arrays;

    /// <param name="signature">As <c>float @llvm.sqrt.f32(float)</c>.</param>
    /// <param name="attributes">What LLVM may know about it.</param>
    public void Declare(string signature, string attributes = "") => declarations[signature] = $"declare {signature}{(attributes == "" ? "" : " " + attributes)}\n";

    /// <summary>A function that is written in LLVM's language, once.</summary>
    public void Include(string file) => declarations[file] = EmbeddedText.Read(file);

    /// <summary>Zeros to read where an address must be valid and its number is dropped; as wide as the widest vector.</summary>
    public string Zeros()
    {
        declarations["@zeros"] = "@zeros = private constant [1024 x i8] zeroinitializer, align 64\n";
        return "@zeros";
    }

    /// <summary>An array in the memory that threads of a group have in common.</summary>
    public string Shared(string type)
    {
        var name = $"@shared{(arrays++).Text()}";
        declarations[name] = $"{name} = internal addrspace(3) global {type} poison, align 64\n";
        return name;
    }

    /// <summary>Says something of a function to code for NVIDIA's GPUs.</summary>
    public void Annotate(string function, string what, int number) => annotations.Add(Fact($"!{{ptr @\"{function}\", !\"{what}\", i32 {number.Text()}}}"));

    public void Function(string head, string body) => functions.Append(head).Append(" {\n").Append(body).Append("}\n\n");

    /// <summary>Adds a metadata node; <c>$</c> in its text is the node itself.</summary>
    public string Fact(string text)
    {
        var name = $"!{facts.Count.Text()}";
        facts.Add($"{name} = {text.Replace("$", name, StringComparison.Ordinal)}\n");
        return name;
    }

    public override string ToString() => $"{functions}{string.Concat(declarations.Values)}{string.Concat(facts)}{(annotations.Count == 0 ? "" : $"!nvvm.annotations = !{{{string.Join(", ", annotations)}}}\n")}";
}

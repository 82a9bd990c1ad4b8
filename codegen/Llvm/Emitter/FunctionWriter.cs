using System.Text;

namespace Lathe.Codegen.Llvm;

/// <summary>The text of one function's body: instructions in blocks, stack places at the start.</summary>
internal sealed class FunctionWriter
{
    private readonly StringBuilder entry = new(), code = new();
    private int names;

    /// <summary>The label of the block that is being written.</summary>
    public string Block { get; private set; } = "entry";

    public string Text => $"entry:\n{entry}{code}  ret void\n";

    public string Name(string stem) => $"{stem}{(names++).Text()}";

    /// <summary>Writes an instruction and names its result.</summary>
    public string Let(string instruction)
    {
        var name = Name("%v");
        code.Append("  ").Append(name).Append(" = ").Append(instruction).Append('\n');
        return name;
    }

    public void Line(string instruction) => code.Append("  ").Append(instruction).Append('\n');

    public void Label(string label)
    {
        code.Append(label).Append(":\n");
        Block = label;
    }

    /// <summary>A place on the stack for the time of the whole function.</summary>
    public string Place(string type, int alignment)
    {
        var name = Name("%s");
        entry.Append("  ").Append(name).Append(" = alloca ").Append(type).Append(", align ").Append(alignment.Text()).Append('\n');
        return name;
    }
}

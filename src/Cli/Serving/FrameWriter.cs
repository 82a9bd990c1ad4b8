namespace Lathe.Cli;

/// <summary>Lines to a client of <see cref="CompileServer"/>, each as soon as it is whole.</summary>
/// <param name="kind">Of the frames.</param>
internal sealed class FrameWriter(BinaryWriter to, byte kind) : TextWriter
{
    private readonly System.Text.StringBuilder line = new();

    public override System.Text.Encoding Encoding => System.Text.Encoding.UTF8;

    public override void Write(char value)
    {
        if (value != '\n') line.Append(value);
        else Send();
    }

    public override void Write(string? value)
    {
        foreach (var c in value ?? "") Write(c);
    }

    public override void Flush()
    {
        if (line.Length > 0) Send();
    }

    private void Send()
    {
        lock (to)
        {
            to.Write(kind);
            to.Write(line.ToString());
            to.Flush();
        }
        line.Clear();
    }
}

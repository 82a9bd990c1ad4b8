using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>A line of a tuning file: which of a kernel's schedules was the fastest.</summary>
/// <param name="Key">What it was measured for: SHA-256 over the kernel's shape, the machine and the compiler.</param>
/// <param name="Cpu">The processor, for readers.</param>
/// <param name="Choice">The fastest.</param>
/// <param name="Microseconds">What it took.</param>
/// <param name="ModelMicroseconds">What the cost model's own choice took beside it.</param>
/// <param name="Tried">How many schedules were measured.</param>
public sealed record TunedKernel(string Key, string Cpu, ScheduleChoice Choice, double Microseconds, double ModelMicroseconds, int Tried)
{
    private const string Mark = "//";

    private sealed record Times(double Us, double ModelUs, int Tried);

    /// <exception cref="FormatException">It is no such line; the message says why.</exception>
    public static TunedKernel Parse(string line)
    {
        if (line.Split(Mark) is not [var what, var times] || what.Split(' ', StringSplitOptions.RemoveEmptyEntries) is not [var key, var cpu, .. var words] || words.Length == 0)
            throw new FormatException($"a line is KEY CPU CHOICE {Mark} us=A model_us=B tried=N");
        if (key.Length != 64 || key.Any(c => !char.IsAsciiHexDigitLower(c))) throw new FormatException($"'{key}' is no SHA-256 in lower case");
        var choice = words is ["model"] ? ScheduleChoice.Model : RecordLine.Parse<ScheduleChoice>(words);
        try
        {
            var (us, model, tried) = RecordLine.Parse<Times>(times.Split(' ', StringSplitOptions.RemoveEmptyEntries));
            return new(key, cpu, choice, us, model, tried);
        }
        catch (TypeException e) { throw new FormatException(e.Message); }
    }

    public override string ToString() => $"{Key} {Cpu} {Choice} {Mark} {string.Join(' ', RecordLine.Words(new Times(Microseconds, ModelMicroseconds, Tried)))}";
}

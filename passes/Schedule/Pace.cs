namespace Lathe.Passes;

/// <summary>How long a kernel is expected to take: an estimate to choose between forms of one layer by, never a time.</summary>
/// <param name="Steps">Multiply-adds of vectors that its arithmetic takes as long as.</param>
/// <param name="Streamed">Bytes of weights that it reads once.</param>
public readonly record struct Pace(double Steps, double Streamed)
{
    /// <summary>Multiply-adds of vectors that it takes as long as: arithmetic and memory run side by side.</summary>
    /// <param name="machine">What it runs on.</param>
    /// <param name="all">Bytes of weights that a whole run reads: what they do not fit in, they come from beyond.</param>
    public double On(Machine machine, double all) => Math.Max(Steps, machine.MemorySteps(Streamed, all));

    public static Pace operator +(Pace a, Pace b) => new(a.Steps + b.Steps, a.Streamed + b.Streamed);

    public static Pace operator *(Pace a, double times) => new(a.Steps * times, a.Streamed * times);
}

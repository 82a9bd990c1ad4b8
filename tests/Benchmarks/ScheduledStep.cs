using System.Diagnostics;
using Lathe.Codegen.Llvm;
using Lathe.Ir;
using Lathe.Passes;

namespace Lathe.Benchmarks;

/// <summary>One step alone, scheduled for this machine and compiled, its weights packed: for timing.</summary>
/// <param name="Run">One run of it.</param>
/// <param name="Template">What the schedule made of it.</param>
internal sealed record ScheduledStep(Action Run, string Template)
{
    /// <param name="input">A value with contents, which the step gets as one that a run computes.</param>
    public static ScheduledStep Of(Op op, Value input, params Value[] weights) => Of(ScheduleChoice.Model, op, input, weights);

    /// <param name="choice">What its schedule is to be like.</param>
    public static ScheduledStep Of(ScheduleChoice choice, Op op, Value input, params Value[] weights)
    {
        var given = new Value(input.Name, input.Type);
        var builder = new GraphBuilder("main", given);
        builder.Add("y", op, [given, .. weights]);
        var step = builder.Nodes[0];
        // The result lies as the input does.
        if (input.Type.Order is not []) step = new Node(op, step.Operands, [step.Result.With(step.Result.Type with { Order = input.Type.Order })]);
        IEnumerable<(Lathe.Ir.Buffer Buffer, Bytes Bytes)> Planes(Value v) => new Storage(v.Name, v.Type).Buffers.Zip(v.Planes);
        var scheduled = Scheduler.Schedule(Lowering.Lower(step), MachineTable.Of(CpuTarget.Host) with { Chosen = choice == ScheduleChoice.Model ? null : choice }, weights.SelectMany(Planes).Select(p => p.Buffer.Name).ToHashSet(StringComparer.Ordinal));
        var memory = weights.Append(input).SelectMany(Planes).ToDictionary(p => p.Buffer.Name, p => p.Bytes);
        foreach (var buffer in scheduled.Once.SelectMany(k => k.Outputs).Concat(scheduled.Kernel.Outputs)) memory[buffer.Name] = Bytes.Zeros(buffer.Scalar.Bytes(buffer.Size.Whole));
        var none = new Dictionary<string, long>();
        foreach (var once in scheduled.Once) NativeRunner.Run(once, memory, none);
        return new(NativeRunner.Load(scheduled.Kernel).Bind(memory, none), scheduled.Template);
    }

    /// <summary>The least time of a run in ms.</summary>
    public double Least(double seconds)
    {
        var least = double.MaxValue;
        for (var all = Stopwatch.StartNew(); all.Elapsed.TotalSeconds < seconds;)
        {
            var start = Stopwatch.GetTimestamp();
            Run();
            least = Math.Min(least, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        return least;
    }

    /// <summary>Numbers between -0.5 and 0.5, the same each time.</summary>
    public static float[] Random(long count)
    {
        var (random, numbers) = (new Random(7), new float[count]);
        foreach (ref var number in numbers.AsSpan()) number = random.NextSingle() - 0.5f;
        return numbers;
    }
}

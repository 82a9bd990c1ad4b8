using Lathe.Codegen.Llvm;
using Lathe.Codegen.Package;
using Lathe.Passes;
using Lathe.Runtime;

namespace Lathe.Cli;

/// <summary>A tuning file: what it knows is followed, what it does not know is measured, where code of the target runs here, and written into it.</summary>
internal sealed class Autotuner
{
    /// <summary>How much faster than the cost model's choice another must be: less is noise, and would change with each measurement.</summary>
    private const double Least = 0.97;

    private readonly Session session;
    private readonly string path;
    private readonly SortedDictionary<string, TunedKernel> known;
    private readonly Dictionary<CpuTarget, Tuning> tunings = [];
    private int measured;

    /// <exception cref="DiagnosticException">The file is none.</exception>
    public Autotuner(Session session, string path)
    {
        (this.session, this.path) = (session, path);
        known = new(File.Exists(path) ? TuningText.Read(File.ReadAllText(path), Path.GetFileName(path)).ToDictionary(k => k.Key, StringComparer.Ordinal) : [], StringComparer.Ordinal);
    }

    /// <summary>Kernels that were followed, and how many of them were measured now; none before a program was scheduled.</summary>
    public (IReadOnlyList<TunedKernel> Used, int Measured) Report => ([.. tunings.Values.SelectMany(t => t.Used)], measured);

    /// <summary>SHA-256 over what was followed.</summary>
    public string Hash => tunings.Count == 1 ? tunings.Values.Single().Hash : new Tuning(tunings.Values.SelectMany(t => t.Used), "").Hash;

    public Tuning Of(CpuTarget target)
    {
        if (tunings.TryGetValue(target, out var tuning)) return tuning;
        var runs = target.IsNative && (target == CpuTarget.Host || !CpuCheck.Needs(target).Except(CpuCheck.Needs(CpuTarget.Host)).Any());
        if (!runs) session.Report(new("LT4212", $"code for {target.Cpu} does not run here, so nothing is measured: kernels that {Path.GetFileName(path)} does not know follow the cost model", "", "run compile --autotune on such a machine, and take its file", Severity.Warning));
        return tunings[target] = new(known.Values, $"lathe {EntryPoint.Version}, LLVM {LlvmLibrary.Version}, {target.Triple} {target.Cpu} {target.Features}", runs ? question => Measure(question, target) : null);
    }

    private TunedKernel Measure(Tuning.Question question, CpuTarget target)
    {
        var candidates = Candidates.Of(question.Kernel, question.Machine, question.Constants, question.MostError);
        session.Progress($"autotune: kernel {++measured}, {question.Kernel.Name}: {candidates.Count} schedules");
        var dimensions = question.Kernel.Symbols.ToDictionary(s => s.Name, s => Sizes.Guess(s), StringComparer.Ordinal);
        var memory = Memory(question, dimensions);
        var far = question.AllWeights > question.Machine.Level3 ? 2L * question.Machine.Level3 : 0;
        KernelTrial Trial(Scheduled scheduled, nint host = 0) => new(scheduled, target, memory, dimensions, far, host);
        // LLVM has both cores before anything is timed.
        Parallel.ForEach(candidates.SelectMany(c => c.Scheduled.Once.Append(c.Scheduled.Kernel)), new ParallelOptions { CancellationToken = session.Cancellation }, kernel => NativeRunner.Load(kernel, target));
        var times = new double[candidates.Count];
        for (var i = 0; i < times.Length; i++)
        {
            session.Cancellation.ThrowIfCancellationRequested();
            times[i] = Trial(candidates[i].Scheduled).Measure(i == 0 ? double.PositiveInfinity : 1.5 * times[..i].Min());
        }
        // The nearest few once more, in turns with the model's own.
        var last = Enumerable.Range(1, times.Length - 1).OrderBy(i => times[i]).Take(3).Prepend(0).Select(i => (At: i, Trial: Trial(candidates[i].Scheduled))).ToList();
        for (var round = 0; round < 3; round++)
            foreach (var (at, trial) in last) times[at] = Math.Min(times[at], trial.Measure());
        var best = last.MinBy(t => times[t.At]).At;
        if (times[best] > Least * times[0]) best = 0;
        // What takes longer is shared by any measure.
        var choice = times[best] < 25 * question.Machine.HandOver ? Shared(candidates[best].Choice, question, Trial) : candidates[best].Choice;
        var tuned = new TunedKernel(question.Key, target.Cpu, choice, Rounded(times[best]), Rounded(times[0]), candidates.Count);
        known[tuned.Key] = tuned;
        if (Path.GetDirectoryName(path) is { Length: > 0 } folder) Directory.CreateDirectory(folder);
        OutputFile.Write(path, TuningText.Print(known.Values));
        return tuned;
    }

    /// <summary>The choice with what two threads say of sharing, where that is not what the model says.</summary>
    private static unsafe ScheduleChoice Shared(ScheduleChoice choice, Tuning.Question question, Func<Scheduled, nint, KernelTrial> trial)
    {
        if (Environment.ProcessorCount < 2) return choice;
        Scheduled With(ScheduleChoice wanted) => Scheduler.Schedule(question.Kernel, question.Machine with { Chosen = wanted }, question.Constants, question.MostError);
        var (own, shape) = (With(choice), KernelShape.Of(With(choice).Kernel));
        var others = new[] { Wish.Yes, Wish.No }.Select(wish => choice with { Share = wish }).Where(other => KernelShape.Of(With(other).Kernel) != shape).ToList();
        if (others.Count == 0) return choice;
        using var host = new Host(threads: 2);
        var trials = others.Prepend(choice).Select(c => (Choice: c, Trial: trial(c == choice ? own : With(c), (nint)host.Native))).ToList();
        var times = trials.Select(t => Enumerable.Range(0, 3).Min(_ => t.Trial.Measure())).ToList();
        var best = times.IndexOf(times.Min());
        return times[best] < 0.95 * times[0] ? trials[best].Choice : choice;
    }

    /// <summary>Weights as they are, as far as they are there; for the rest small numbers of reals, zeros of whole numbers: any index is within bounds.</summary>
    private static Dictionary<string, Bytes> Memory(Tuning.Question question, Dictionary<string, long> dimensions)
    {
        var random = new Random(1);
        return question.Kernel.Inputs.Concat(question.Kernel.Outputs).DistinctBy(b => b.Name).ToDictionary(b => b.Name, buffer =>
        {
            if (question.Weights.TryGetValue(buffer.Name, out var contents)) return contents;
            var count = Dimensions.Evaluate(buffer.Size, dimensions);
            if (buffer.Scalar != Scalar.F32) return Bytes.Zeros(buffer.Scalar.Bytes(count));
            var numbers = new float[count];
            foreach (ref var number in numbers.AsSpan()) number = random.NextSingle() - 0.5f;
            return Bytes.Of<float>(numbers);
        }, StringComparer.Ordinal);
    }

    private static double Rounded(double microseconds) => double.Parse(microseconds.ToString("G4", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}

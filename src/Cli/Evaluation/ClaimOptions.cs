using Lathe.Codegen.Package;

namespace Lathe.Cli;

/// <summary>How well the artifact does, measured while it is compiled.</summary>
public sealed record ClaimOptions(
    [Option("measure how well the artifact does, and say it in the contract: a file with options of lathe eval, one a line (--metric top1, --data images.npy, --labels labels.npy), paths from its folder", Value = "FILE")] string? Evaluate = null,
    [Option("most that this metric may be worse than without compression; where it is more, nothing is written and the exit code is 4", Value = "X")] double? MaxAccuracyDrop = null)
{
    /// <summary>The file that is named; null where none is.</summary>
    /// <exception cref="UsageException">A bound is given, and nothing to measure by.</exception>
    /// <exception cref="DiagnosticException">The file is faulty.</exception>
    internal EvaluationFile? Read()
    {
        if (MaxAccuracyDrop is not null && Evaluate is null) throw new UsageException("--max-accuracy-drop bounds what --evaluate measures, which is not asked for", "--evaluate FILE");
        if (MaxAccuracyDrop < 0 || MaxAccuracyDrop is { } bound && !double.IsFinite(bound)) throw new UsageException($"--max-accuracy-drop {OptionText.Show(MaxAccuracyDrop)}: a drop is a number from 0 on");
        return Evaluate is null ? null : EvaluationFile.Read(Evaluate);
    }

    /// <exception cref="MissedException">LT5320: more is lost than may be.</exception>
    internal void Check(AccuracyClaim claim, string model)
    {
        var drop = MetricName.Parse(claim.Metric).Metric.LessIsBetter ? claim.Value - claim.Uncompressed : claim.Uncompressed - claim.Value;
        // A metric that is no number keeps no bound.
        if (MaxAccuracyDrop is { } most && !(drop <= most))
            throw new MissedException([new("LT5320", string.Create(CultureInfo.InvariantCulture, $"{claim.Metric} is {claim.Value:0.####} over {claim.Items} items, {claim.Uncompressed:0.####} without compression: {drop:0.####} is lost, {most:0.####} may be"), model, "compress less, or with data to calibrate on; lathe compile --emit=report says what each layer loses")]);
    }
}

using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>What a schedule is to be like; all that is not said is the cost model's to choose.</summary>
/// <param name="Template">Which template.</param>
/// <param name="Results">Of Winograd: results of a patch along each axis.</param>
/// <param name="Rows">Of a register tile.</param>
/// <param name="Vectors">In a row of a register tile.</param>
/// <param name="Depth">Most steps of the sum in one block.</param>
/// <param name="Unroll">Steps of the sum written out.</param>
/// <param name="Gather">Whether rows are laid out before they are multiplied also where they could be read where they lie.</param>
/// <param name="Share">Whether threads share its loops.</param>
public sealed record ScheduleChoice(Template Template = Template.Model, int Results = 0, int Rows = 0, int Vectors = 0, int Depth = 0, int Unroll = 0, Wish Gather = Wish.Model, Wish Share = Wish.Model)
{
    /// <summary>Nothing is asked for.</summary>
    public static ScheduleChoice Model { get; } = new();

    /// <summary>As <see cref="RecordLine"/> reads it; <c>model</c> where nothing is asked for.</summary>
    public override string ToString() => this == Model ? "model" : string.Join(' ', RecordLine.Words(this));
}

/// <summary>Templates that a kernel may have a choice between.</summary>
public enum Template { Model, Blocked, Winograd, Sparse, Vectors }

/// <summary>What may be asked for, or left to the cost model.</summary>
public enum Wish { Model, Yes, No }

using Lathe.Ir;

namespace Lathe.Codegen.Gpu;

/// <summary>What the host does for a kernel: launches, and loops around them.</summary>
internal abstract record LaunchStep;

/// <summary>A launch of one method.</summary>
/// <param name="Number">Of the method among the kernel's.</param>
/// <param name="Groups">Groups of threads; where <paramref name="GroupThreads"/> is 0, iterations that threads share.</param>
/// <param name="GroupThreads">Threads of a group; 0 where each is for itself and groups may be of any size.</param>
/// <param name="Buffers">Places of its arrays among the kernel's arguments, in the order of its parameters.</param>
/// <param name="UsesScratch">Whether scratch in the arena follows them.</param>
/// <param name="Numbers">Dimensions and rounds that follow those.</param>
internal sealed record LaunchOnce(int Number, Expr Groups, int GroupThreads, Seq<int> Buffers, bool UsesScratch, Seq<Expr> Numbers) : LaunchStep;

/// <summary>What a launch is made of.</summary>
/// <param name="Statement">A parallel loop, whose iterations threads share; anything else is one thread's.</param>
/// <param name="Around">Scratch in the arena that launches hand on, as far as this one touches it.</param>
/// <param name="Rounds">Indices of the loops that the host runs around it.</param>
internal sealed record LaunchPart(LaunchOnce Launch, Stmt Statement, Seq<Scratch> Around, Seq<Axis> Rounds);

/// <summary>Launches again and again, a round after another.</summary>
internal sealed record LaunchRounds(Axis Axis, Seq<LaunchStep> Body) : LaunchStep;

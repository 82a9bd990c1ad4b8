using Lathe.Ir;

namespace Lathe.Codegen.Llvm;

internal sealed partial class BodyEmitter
{
    private void Emit(Loop loop)
    {
        if (thread is not null && WarpProduct.Find(loop) is { } product)
        {
            Emit(product);
            return;
        }
        if (thread is not null && MatrixLoadOf(loop) is { } matrix)
        {
            Emit(matrix, ((Store)loop.Body).At[0]);
            return;
        }
        var extent = Linear.Of(loop.Axis.Extent, bound);
        if (extent is { IsConstant: true, Constant: <= 0 }) return;
        if (extent is { IsConstant: true, Constant: 1 } && loop.Kind != LoopKind.Threads) Once(loop.Axis, 0, () => Emit(loop.Body));
        else if (loop.Kind == LoopKind.Threads && thread is not null) Threads(loop);
        else if (loop.Kind == LoopKind.Unroll && extent.IsConstant) for (var i = 0L; i < extent.Constant; i++) Once(loop.Axis, i, () => Emit(loop.Body));
        else if (loop.Kind == LoopKind.Vector && FitsLanes(loop)) Vector(loop);
        else if (loop.Kind == LoopKind.Parallel && !isParallel && lanes.Count == 0) Parallel(loop, extent);
        else Count(loop.Axis, Changed(loop.Body), () => Emit(loop.Body));
    }

    /// <summary>The body with a number for the index.</summary>
    private void Once(Axis axis, long index, Action write)
    {
        bound[axis] = index;
        scopes.Within([axis], straight: true, write);
        bound.Remove(axis);
    }

    private void Vector(Loop loop)
    {
        lanes.Add(loop.Axis);
        scopes.Within([loop.Axis], straight: true, () => Emit(loop.Body));
        lanes.RemoveAt(lanes.Count - 1);
    }

    /// <summary>Whether iterations can run side by side: one number of them, loops inside the same for all, no memory that would need a place for each.</summary>
    private static bool FitsLanes(Loop loop)
    {
        if (loop.Axis.Extent is not Number) return false;
        bool Same(Axis axis) => !axis.Extent.Mentions(loop.Axis);
        return loop.Body.All.All(inner => inner switch
        {
            Loop l => Same(l.Axis),
            Scratch s => s.Buffer.Space == Space.Registers,
            _ => true,
        } && inner.Own.SelectMany(e => e.Parts()).All(e => e is not Reduce r || r.Axes.All(Same)));
    }

    /// <summary>A loop that counts up and tests at its end; before its start too, where it may not run at all.</summary>
    /// <param name="changed">Buffers that the body stores to.</param>
    private void Count(Axis axis, IEnumerable<Buffer> changed, Action write)
    {
        foreach (var buffer in changed) scopes.Forget(buffer);
        var extent = Scalar64(axis.Extent);
        var (i, next) = (code.Name("%i"), code.Name("%n"));
        var (body, latch, exit) = (code.Name("loop"), code.Name("latch"), code.Name("exit"));
        if (Linear.Range(Linear.Of(axis.Extent, bound).ToExpr()).Low < 1) code.Line($"br i1 {code.Let($"icmp sgt i64 {extent}, 0")}, label %{body}, label %{exit}");
        else code.Line($"br label %{body}");
        var before = code.Block;
        code.Label(body);
        code.Line($"{i} = phi i64 [ 0, %{before} ], [ {next}, %{latch} ]");
        indices[axis] = i;
        nest.Add(axis);
        scopes.Within([axis], straight: false, write);
        indices.Remove(axis);
        nest.Remove(axis);
        code.Line($"br label %{latch}");
        code.Label(latch);
        code.Line($"{next} = add nuw nsw i64 {i}, 1");
        code.Line($"br i1 {code.Let($"icmp slt i64 {next}, {extent}")}, label %{body}, label %{exit}");
        code.Label(exit);
    }

    private static IEnumerable<Buffer> Changed(Stmt body) => body.All.OfType<Store>().Select(s => s.Buffer).Distinct();

    /// <summary>Folds the body over its axes, in a register or one of all lanes.</summary>
    private Register Reduction(Reduce reduce)
    {
        var count = Varies(reduce) ? Lanes : 1;
        var type = LlvmTypes.Of(reduce.Type, count);
        var sum = code.Place(type, ScratchLayout.Alignment);
        code.Line($"store {Spread(Value(reduce.Start), count)}, ptr {sum}");
        Over(0);
        return Let($"load {type}, ptr {sum}", reduce.Type, count);

        void Over(int axis)
        {
            if (axis == reduce.Axes.Count) Step();
            else if (Linear.Of(reduce.Axes[axis].Extent, bound) is { IsConstant: true, Constant: 1 }) Once(reduce.Axes[axis], 0, () => Over(axis + 1));
            else Count(reduce.Axes[axis], [], () => Over(axis + 1));
        }

        void Step()
        {
            var next = Spread(Value(reduce.Body), count);
            var before = Let($"load {type}, ptr {sum}", reduce.Type, count);
            code.Line($"store {Combine(reduce.Kind, before, next)}, ptr {sum}");
        }
    }

    private Register Combine(ReduceKind kind, Register a, Register b) => kind switch
    {
        ReduceKind.Sum => Arithmetic(Operator.Add, a, b),
        ReduceKind.Product => Arithmetic(Operator.Multiply, a, b),
        ReduceKind.Max => Extreme(Function.Max, a, b),
        _ => Extreme(Function.Min, a, b),
    };
}

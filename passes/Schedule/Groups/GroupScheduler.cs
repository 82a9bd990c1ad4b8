using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>Chooses a form for a lowered kernel on a GPU by its formula.</summary>
internal static class GroupScheduler
{
    /// <param name="kernel">As lowered: plain loops around formulas.</param>
    /// <param name="constants">Names of input buffers that are weights.</param>
    public static Scheduled Schedule(Kernel kernel, GpuDeviceModel device, IReadOnlySet<string> constants)
    {
        if (Contraction.Find(kernel, constants) is { } contraction && GroupContraction.Fits(contraction))
        {
            var packed = WeightRows.Find(contraction, constants);
            if (TensorContraction.Find(packed?.Contraction ?? contraction, device) is { } tensor)
                return new(tensor.Compute(), packed is null ? [] : [GridMapping.Map(packed.Pack)], tensor.Describe(), default);
            var groups = new GroupContraction(packed?.Contraction ?? contraction, device);
            return new(groups.Compute(), packed is null ? [] : [GridMapping.Map(packed.Pack)], groups.Describe(), default);
        }
        if (WeightSteps.Find(kernel, constants) is { } steps && GroupRows.Find(steps.Kernel, device) is { } laid) return new(laid.Compute(), [.. steps.Packs.Select(GridMapping.Map)], laid.Describe(), default);
        if (GroupRows.Find(kernel, device) is { } rows) return new(rows.Compute(), [], rows.Describe(), default);
        if (WarpColumns.Find(kernel, device) is { } columns) return new(columns.Compute(), [], WarpColumns.Describe(), default);
        return new(GridMapping.Map(kernel), [], "a thread for each result", default);
    }
}

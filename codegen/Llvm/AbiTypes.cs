namespace Lathe.Codegen.Llvm;

/// <summary>The structures of lathe.h as LLVM types: where their members lie, the data layout of the target says.</summary>
internal static class AbiTypes
{
    /// <summary>A member by its structure and number.</summary>
    public readonly record struct Member(string Structure, int Number);

    public const string Tensor = "{ ptr, ptr, ptr, i64 }";
    public const string Host = "{ i32, i32, ptr, ptr, ptr, ptr }";

    public static Member Data { get; } = new(Tensor, 0);
    public static Member Shape { get; } = new(Tensor, 1);
    public static Member Strides { get; } = new(Tensor, 2);
    public static Member Capacity { get; } = new(Tensor, 3);
    public static Member Size { get; } = new(Host, 0);
    public static Member Version { get; } = new(Host, 1);
    public static Member User { get; } = new(Host, 2);
    public static Member ParallelFor { get; } = new(Host, 3);
    public static Member Cancelled { get; } = new(Host, 4);
    public static Member Kernel { get; } = new(Host, 5);

    /// <summary>Bytes of a structure, as a constant i32.</summary>
    public static string SizeOf(string structure) => $"ptrtoint (ptr getelementptr ({structure}, ptr null, i32 1) to i32)";

    /// <summary>The operation that gives a member's address.</summary>
    /// <param name="index">Which of an array.</param>
    public static string Place(string pointer, Member member, int index = 0) => $"getelementptr inbounds {member.Structure}, ptr {pointer}, i32 {index.Text()}, i32 {member.Number.Text()}";
}

using System.Reflection;
using System.Reflection.Emit;

namespace ILGPU.Running;

/// <summary>Whether the threads of a group wait for one another. Most kernels never do, and then one thread can run them in turn.</summary>
internal static class Cooperation
{
    private static readonly Dictionary<short, OpCode> OpCodesByValue = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value);

    /// <summary>Whether the kernel, or a method of its module that it calls, reaches a barrier or a shuffle.</summary>
    public static bool IsNeededBy(MethodInfo kernel) => IsNeededBy(kernel, []);

    private static bool IsNeededBy(MethodBase method, HashSet<MethodBase> seen) =>
        seen.Add(method) && Callees(method).Any(callee => Waits(callee) || (callee.Module == method.Module && IsNeededBy(callee, seen)));

    private static bool Waits(MethodBase method) =>
        (method.DeclaringType == typeof(Group) && method.Name == nameof(Group.Barrier)) ||
        (method.DeclaringType == typeof(Warp) && !method.IsSpecialName);

    private static IEnumerable<MethodBase> Callees(MethodBase method)
    {
        if (method.GetMethodBody()?.GetILAsByteArray() is not { } code)
            yield break;
        for (var at = 0; at < code.Length;)
        {
            short value = code[at++];
            if (value == 0xFE) // the prefix of the two-byte codes
                value = (short)(0xFE00 | code[at++]);
            var operand = OpCodesByValue[value].OperandType;
            if (operand == OperandType.InlineMethod)
                yield return method.Module.ResolveMethod(BitConverter.ToInt32(code, at),
                    method.DeclaringType?.GetGenericArguments(), method.IsGenericMethod ? method.GetGenericArguments() : null)!;
            at += Bytes(operand, code, at);
        }
    }

    private static int Bytes(OperandType operand, byte[] code, int at) => operand switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        OperandType.InlineSwitch => 4 + 4 * BitConverter.ToInt32(code, at),
        _ => 4,
    };
}

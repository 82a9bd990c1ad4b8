using Lathe.Ir;

namespace Lathe.Codegen.Llvm;

internal sealed partial class BodyEmitter
{
    /// <summary>One step of the tensor cores: <c>mma.sync</c>.</summary>
    private void Emit(WarpProduct.Parts product)
    {
        var kind = product.Left.Buffer.Scalar;
        var (name, sum, constraint) = kind switch
        {
            Scalar.F16 => ("m16n8k16.row.col.f32.f16.f16.f32", "float", "f"),
            Scalar.BF16 => ("m16n8k16.row.col.f32.bf16.bf16.f32", "float", "f"),
            Scalar.I8 => ("m16n8k32.row.col.s32.s8.s8.s32", "i32", "r"),
            _ => ("m16n8k32.row.col.s32.u8.u8.s32", "i32", "r"),
        };
        Load At((Buffer Buffer, Expr From) matrix, int i) => (Load)matrix.Buffer[product.Thread, Linear.Simplify(matrix.From + i)];
        var words = Words(product.Left, 4).Concat(Words(product.Right, 2)).Select(word => $"i32 {word}");
        var sums = Enumerable.Range(0, WarpProduct.Sums).Select(i => $"{sum} {Value(At(product.Into, i)).Text}");
        var all = $"{{ {sum}, {sum}, {sum}, {sum} }}";
        var letters = string.Join(',', Enumerable.Repeat("=" + constraint, 4).Concat(Enumerable.Repeat("r", 6)).Concat(Enumerable.Repeat(constraint, 4)));
        var made = code.Let($"call {all} asm \"mma.sync.aligned.{name} {{$0,$1,$2,$3}}, {{$4,$5,$6,$7}}, {{$8,$9}}, {{$10,$11,$12,$13}};\", \"{letters}\"({string.Join(", ", words.Concat(sums))}) convergent nounwind");
        for (var i = 0; i < WarpProduct.Sums; i++)
        {
            var at = At(product.Into, i);
            Write(memory[at.Buffer], Locate(memory[at.Buffer], at.At), new(code.Let($"extractvalue {all} {made}, {i.Text()}"), at.Type, 1));
        }
        scopes.Forget(product.Into.Buffer);

        IEnumerable<string> Words((Buffer Buffer, Expr From) matrix, int count)
        {
            var (each, type) = (WarpProduct.PerWord(kind), LlvmTypes.Of(kind, WarpProduct.PerWord(kind)));
            for (var word = 0; word < count; word++)
            {
                var vector = "poison";
                for (var i = 0; i < each; i++) vector = code.Let($"insertelement {type} {vector}, {Value(At(matrix, word * each + i))}, i64 {i.Text()}");
                yield return code.Let($"bitcast {type} {vector} to i32");
            }
        }
    }
}

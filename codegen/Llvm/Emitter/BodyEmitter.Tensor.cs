using Lathe.Ir;

namespace Lathe.Codegen.Llvm;

internal sealed partial class BodyEmitter
{
    private readonly Dictionary<Loop, MatrixLoad?> matrixLoads = new(ReferenceEqualityComparer.Instance);

    /// <summary>What a loop over threads' registers is in steps of a warp; null where it is none.</summary>
    private MatrixLoad? MatrixLoadOf(Loop loop)
    {
        if (!matrixLoads.TryGetValue(loop, out var known)) matrixLoads[loop] = known = MatrixLoad.Find(loop);
        return known;
    }

    /// <summary>Squares of shared memory into registers: <c>ldmatrix</c>.</summary>
    private void Emit(MatrixLoad load, Expr t)
    {
        var (from, to) = (memory[load.Read.Buffer], memory[load.Into]);
        var address = code.Let($"addrspacecast ptr {Address(from, Locate(from, load.At))} to ptr addrspace(3)");
        var word = code.Let($"ptrtoint ptr addrspace(3) {address} to i32");
        var made = code.Let($"call {{ i32, i32, i32, i32 }} asm sideeffect \"ldmatrix.sync.aligned.m8n8.x4{(load.IsTransposed ? ".trans" : "")}.shared.b16 {{$0,$1,$2,$3}}, [$4];\", \"=r,=r,=r,=r,r,~{{memory}}\"(i32 {word}) convergent nounwind");
        var kind = load.Into.Scalar;
        var (each, type) = (WarpProduct.PerWord(kind), LlvmTypes.Of(kind, WarpProduct.PerWord(kind)));
        for (var square = 0; square < 4; square++)
        {
            var vector = code.Let($"bitcast i32 {code.Let($"extractvalue {{ i32, i32, i32, i32 }} {made}, {square.Text()}")} to {type}");
            for (var j = 0; j < each; j++)
                Write(to, Locate(to, [t, Linear.Simplify(load.From + (square * each + j))]), new(code.Let($"extractelement {type} {vector}, i64 {j.Text()}"), kind, 1));
        }
        scopes.Forget(load.Into);
    }

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

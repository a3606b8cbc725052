// SPDX-License-Identifier: GPL-3.0-or-later
// Numeric equations against the enumeration of all index assignments.
#include "core/methods/tensor_logic/checker.hpp"
#include "core/methods/tensor_logic/evaluation.hpp"
#include "tests/core/tensor_logic/enumeration.hpp"
#include "tests/support/testmain.hpp"

#include "core/base/rng.hpp"

#include <QTest>

#include <cmath>

using namespace vitrine;
using namespace vitrine::tl;

namespace {

std::string describe(const Diagnostics& diagnostics) {
    std::string text;
    for (const Diagnostic& each : diagnostics)
        if (each.severity == Severity::Error) text += each.code + " " + fillIn(each.message, each.arguments) + "; ";
    return text;
}

/// "[[0.12, -0.5], ...]" of that shape, values in (-1, 1) with three digits, from a seed.
std::string literal(const std::vector<int>& shape, Lcg& random, std::size_t axis = 0) {
    std::string text = "[";
    for (int k = 0; k < shape[axis]; ++k) {
        if (k != 0) text += ", ";
        if (axis + 1 < shape.size()) {
            text += literal(shape, random, axis + 1);
            continue;
        }
        const auto value = static_cast<std::int64_t>(random.below(1999)) - 999;
        text += (value < 0 ? "-" : "") + std::to_string(std::abs(value) / 1000) + "." +
                std::to_string(1000 + std::abs(value) % 1000).substr(1);
    }
    return text + "]";
}

/// "Name = literal" lines: "A:3,4 B:4" gives A and B.
std::string data(const char* tensors, std::uint64_t seed) {
    Lcg random(seed);
    std::string text;
    for (const QString& each : QString::fromLatin1(tensors).split(QLatin1Char(' '), Qt::SkipEmptyParts)) {
        std::vector<int> shape;
        for (const QString& size : each.section(QLatin1Char(':'), 1).split(QLatin1Char(',')))
            shape.push_back(size.toInt());
        text += each.section(QLatin1Char(':'), 0, 0).toStdString() + " = " + literal(shape, random) + "\n";
    }
    return text;
}

/// Random tuples of a binary relation over 0 .. n-1, with both ends present.
std::string edges(const char* name, int n, int count, std::uint64_t seed) {
    Lcg random(seed);
    std::string text =
        std::string(name) + "(0, " + std::to_string(n - 1) + ")\n" + name + "(" + std::to_string(n - 1) + ", 0)\n";
    for (int k = 0; k < count; ++k)
        text += std::string(name) + "(" + std::to_string(random.below(static_cast<std::uint64_t>(n))) + ", " +
                std::to_string(random.below(static_cast<std::uint64_t>(n))) + ")\n";
    return text;
}

} // namespace

class TestDenseEquations : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void init() { test::failOnWarnings(); }

    void program_equalsEnumeration_data() {
        QTest::addColumn<QByteArray>("program");
        const auto row = [](const char* name, const char* tensors, const char* text) {
            QTest::newRow(name) << QByteArray::fromStdString(data(tensors, qHash(QByteArray(name))) + text);
        };
        row("perceptron", "W:4 X:4", "Y = step(W[i] X[i])");
        row("matrix product", "A:3,4 B:4,5", "C[i,k] = A[i,j] B[j,k]");
        row("transposed", "A:3,4 B:5,4", "C[k,i] = A[i,j] B[k,j]");
        row("batched product", "A:2,3,4 B:2,4,5", "C[b,i,k] = A[b,i,j] B[b,j,k]");
        row("interleaved", "A:2,3,4 B:4,2,5", "C[k,i,b] = A[b,i,j] B[j,b,k]");
        row("kept product", "W:4 X:4", "Y[i] = step(W[i] X[i])");
        row("chain of five", "A:2,3 B:3,4 C:4,5 D:5,2 E:2,3", "Y[a,f] = A[a,b] B[b,c] C[c,d] D[d,e] E[e,f]");
        row("nine operands", "A:2,3 B:3,2 C:2,3 D:3,2 E:2,3 F:3,2 G:2,3 H:3,2 K:2,2",
            "Y[a,z] = A[a,b] B[b,c] C[c,d] D[d,e] E[e,f] F[f,g] G[g,h] H[h,i] K[i,z]");
        row("diagonal", "A:4,4", "D[i] = A[i,i]\nT = A[i,i]");
        row("three equal", "A:3,3,3", "D[i] = A[i,i,i]\nE[i,j] = A[i,j,i]");
        row("outer", "A:3 B:4", "C[i,j] = A[i] B[j]\nS = A[i] B[j]");
        row("mixed diagonal", "A:3,3 B:3,3", "C[i,j] = A[i,j] B[j,i]\nS = A[i,j] B[j,i]");
        row("terms and broadcast", "A:3,4 B:3 C:4", "Y[i,j] = A[i,j] + B[i] - 2 C[j] + 0.5\nZ[i] = A[i,j] C[j] + B[i]");
        row("distributed", "A:3,4 B:4 C:4", "Y[i] = A[i,j] (B[j] - C[j])");
        row("normalised rows", "X:3,4", "Q[i,j] = X[i,j]^2 / X[i,k]^2");
        row("kernel", "X:3,4", "K[i,k] = exp(-(X[i,j] - X[k,j])^2 / 2)\nP[i,k] = (X[i,j] X[k,j])^3");
        row("index values", "X:4", "Y[i] = i X[i] + i % 3\nZ[i, j] = X[i] X[j] (i - j)^2");
        row("functions", "X:6",
            "A[i] = sig(X[i])\nB[i] = relu(X[i])\nC[i] = tanh(X[i])\nD[i] = abs(X[i])\nE[i] = sign(X[i])\n"
            "F[i] = sin(X[i]) + cos(X[i])\nG[i] = sqrt(X[i]^2)\nH[i] = log(X[i]^2 + 1)\nK[i] = sig(X[i], 0.1)\nL[i] = "
            "sig(X[i], 0)");
        row("softmax and lnorm", "X:3,4",
            "S[i,j.] = softmax(3 X[i,j])\nL[i,j.] = lnorm(X[i,j])\nC[i.,j] = softmax(X[i,j])");
        row("concat", "X:2,3,4", "Y[i,k] = concat(X[h,i,v])\nZ[k,i] = concat(X[h,i,v])");
        row("shift", "X:6", "Y[i] = X[i+1]\nZ[i] = X[i-1] X[i]\nW[i+2] = X[i]");
        row("convolution", "F:3 X:9", "Y[x] = F[d] X[x+d]");
        row("convolution 2d", "F:2,3,2 X:6,7,2", "Y[x,y] = relu(F[dx,dy,ch] X[x+dx,y+dy,ch])");
        row("strided", "F:3 X:11", "Y[x] = F[d] X[2*x+d]");
        row("dilated", "F:3 X:11", "Y[x] = F[d] X[x+2*d]");
        row("same size", "F:3 X:6", "Y[x]: real[6]\nY[x] = F[d] X[x+d-1]");
        row("reversed", "X:5", "Y[i]: real[5]\nY[i] = X[4-i]");
        row("upsampled", "X:3", "Y[i]: real[6]\nY[i] = X[i/2]\nZ[i]: real[6]\nZ[i] = X[i%3]");
        row("pooling sum", "X:5,7", "P[x/2,y/3] = X[x,y]");
        row("pooling max", "X:5,7", "P[x/2,y/3] max= X[x,y]");
        row("pooling others", "X:5,7", "P[x/2] min= X[x,y]\nQ[x/2] avg= X[x,y]\nR[x/2] *= X[x,y]");
        row("reductions", "X:3,4",
            "A[i] max= X[i,j]\nB[i] min= X[i,j]\nC[i] avg= X[i,j]\nD[i] *= X[i,j]\nE max= X[i,j] - X[i,k]");
        row("pooled equations", "X:3,4 Y:3,4",
            "A[i] max= X[i,j]\nA[i] max= Y[i,j]\nB[i] avg= X[i,j]\nB[i] avg= Y[i,j]\nC[i] = X[i,j]\nC[i] = Y[i,j]");
        row("partial heads", "X:4 Y:3",
            "A[0] = 2\nA[i+1] = X[i]\nB[i]: real[4]\nB[3] max= 5\nB[i] max= 2 X[i+1]\nC[i,i] = X[i]");
        row("bounds of both", "X:5 Y:4", "S[i,j]: real[4,4]\nS[i,j] = X[i+j] Y[i]");
        row("integers", "X:3",
            "@domain a = 5\nN[a] = a a + 1\nM[a,b] = N[a] (b + 2)\nS = M[a,b]\nT[a] = M[a,b] N[b]\n@domain b = 5");
        row("double call", "X:3,4 W:4", "Y[i] = sig(tanh(X[i,j]) W[j])\nC = -X[i,j]^2 log(X[i,j]^2 + 0.1)");
        QTest::newRow("counting") << QByteArray::fromStdString(
            edges("Edge", 7, 20, 3) + "Deg[x] = Edge(x, y)\nIn[y] = Edge(x, y)\nTwo[x, z] = Edge(x, y) Edge(y, z)\nN = "
                                      "Edge(x, y)\nLoop[x] = Edge(x, x)\nTri = Edge(x,y) Edge(y,z) Edge(z,x)");
        QTest::newRow("relation times dense") << QByteArray::fromStdString(
            edges("Edge", 6, 12, 5) + data("Z:6,3", 9) +
            "Agg[n, d] = Edge(n, m) Z[m, d]\nOut[m, d] = Edge(n, m) Z[n, d]\nBoth[d] = Edge(n, m) Z[n, d] Z[m, d]");
        QTest::newRow("guards") << QByteArray::fromStdString(
            edges("Edge", 6, 9, 7) + data("Z:6", 2) +
            "A[n] max= Edge(n, m) Z[m]\nB[n] min= Edge(n, m) Z[m]\nC[n] avg= Edge(n, m) Z[m]\nD[n] *= Edge(n, m) "
            "Z[m]\nE max= Edge(n, m) (Z[m] - Z[n])");
        // Large enough that the tuples are walked instead of a matrix.
        const std::string large = edges("Edge", 150, 400, 11);
        QTest::newRow("tuples: product") << QByteArray::fromStdString(
            large + data("Z:150,2", 3) +
            "Agg[n, d] = Edge(n, m) Z[m, d]\nRev[m, d] = 2 Edge(n, m) Z[n, d] - Z[m, d]\nDeg[n] = Edge(n, m)\nS[d] = "
            "Edge(n, m) Z[n, d] Z[m, d]\nFirst[d] = Edge(0, m) Z[m, d]\nLoop = Edge(n, n)\nPair[n] = Edge(n, m) "
            "Edge(m, n) Z[m, 0]");
        QTest::newRow("tuples: guards") << QByteArray::fromStdString(
            large + data("Z:150", 4) +
            "A[n] max= Edge(n, m) Z[m]\nB[m] min= Edge(n, m) (Z[n] + Z[m])\nC[n] avg= Edge(n, m) Z[m]\nD[n] *= Edge(n, "
            "m) Z[m]\nE max= Edge(n, m) Z[m]");
        row("rnn", "W:3,3 V:3,2 U:5,2 S:3",
            "X[0,j] = S[j]\nX[t+1,i] = tanh(W[i,j] X[t,j] + V[i,k] U[t,k])\nY = X[5,i]");
        row("layers", "W:4,3,3 In:3", "X[0,k] = In[k]\nX[i,j] = sig(W[i,j,k] X[i-1,k])");
        row("gnn", "Emb0:5,2 WP:3,2,2 WA:3,2,2",
            "Neig(0,1)\nNeig(1,2)\nNeig(4,3)\nEmb[n,0,d] = Emb0[n,d]\nZ[n,l,e] = relu(WP[l,e,d] "
            "Emb[n,l,d])\nAgg[n,l,d] = Neig(n,m) Z[m,l,d]\nEmb[n,l+1,d] = relu(WA[l,d,e] Agg[n,l,e] + "
            "Emb[n,l,d])\nOut[n] = Emb[n,3,d]");
        row("descending", "A:6", "S[i]: real[6]\nS[5] = A[5]\nS[i] = S[i+1] + A[i]");
        row("two steps back", "A:8", "F[0] = 1\nF[1] = 2\nF[i+2] = F[i+1] - 0.5 F[i] + A[i]");
        // The same with slices that are large enough for a loop of tensor operations.
        row("descending slices", "A:6,9", "S[i,k]: real[6,9]\nS[5,k] = A[5,k]\nS[i,k] = S[i+1,k] + A[i,k]");
        row("two slices back", "A:8,9", "F[0,k] = 1\nF[1,k] = A[1,k]\nF[i+2,k] = F[i+1,k] - 0.5 F[i,k] + A[i,k]");
        row("mutual slices", "A:6,9 B:6,9",
            "P[0,k] = 1\nQ[0,k] = 2\nP[t+1,k] = 0.5 Q[t,k] + A[t,k]\nQ[t+1,k] = P[t,k] - B[t,k]");
        row("slices within one step", "A:5,9 B:5,9",
            "P[t,k] = A[t,k] + 0.5 Q[t-1,k]\nP[0,k] = 1\nQ[t,k] = P[t,k] B[t,k]\nQ[t,k] = 0.1 P[t,k]");
        row("slices ahead of each other", "A:7,9",
            "P[0,k] = A[0,k]\nQ[t,k] = P[t,k] + A[t,k]\nR[t+2,k] = Q[t,k]\nR[0,k] = 1\nP[t+1,k] = 0.5 R[t,k] + Q[t,k]");
        row("lattice", "C:4,5", "L[0,0] = 1\nL[i,j] = L[i-1,j] + C[i,j]\nL[i,j] = L[i,j-1] C[i,j]");
        row("longest path", "A:5", "E(0,1)\nE(1,2)\nE(0,3)\nE(3,4)\nE(2,4)\nD[y] max= E(x,y) (D[x] + 1)");
        row("mutual", "A:6 B:6", "P[0] = 1\nQ[0] = 2\nP[t+1] = 0.5 Q[t] + A[t]\nQ[t+1] = P[t] - B[t]");
        row("within one step", "A:5 B:5", "P[t] = A[t] + 0.5 Q[t-1]\nP[0] = 1\nQ[t] = P[t] B[t]\nQ[t] = 0.1 P[t]");
    }

    void program_equalsEnumeration() {
        QFETCH(QByteArray, program);
        const Checked checked = check(Source("test.tl", program.toStdString()), {});
        QVERIFY2(!hasErrors(checked.diagnostics), describe(checked.diagnostics).c_str());
        const Evaluated evaluated = evaluate(checked.program, {});
        QVERIFY2(!hasErrors(evaluated.diagnostics), describe(evaluated.diagnostics).c_str());
        test::Enumeration expected(*checked.program, *evaluated.evaluation);
        for (TensorId tensor = 0; tensor < checked.program->tensors.size(); ++tensor) {
            const TensorInfo& info = checked.program->tensors[tensor];
            if (info.isRelation || info.isBuiltin) continue;
            const std::vector<double> values = expected.cells(tensor);
            const std::vector<std::int64_t> shape = evaluated.evaluation->shape(tensor);
            for (std::size_t k = 0; k < values.size(); ++k) {
                std::vector<std::int64_t> position(shape.size());
                auto rest = static_cast<std::int64_t>(k);
                for (std::size_t axis = shape.size(); axis-- > 0; rest /= shape[axis])
                    position[axis] = rest % shape[axis];
                const double found = evaluated.evaluation->cell(tensor, position).value;
                const QByteArray message = QByteArray::fromStdString(info.name) + " cell " +
                                           QByteArray::number(qulonglong(k)) + ": " + QByteArray::number(found) +
                                           " but " + QByteArray::number(values[k]);
                QVERIFY2(std::abs(found - values[k]) <= 1e-9 * (1 + std::abs(values[k])), message.constData());
            }
        }
    }
};

VITRINE_CORE_TEST(TestDenseEquations)
#include "tst_dense_equations.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/graph/layout.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace vitrine::layout {

QVector<double> spaced(const QVector<double>& wanted, const QVector<double>& gaps) {
    // With the gaps subtracted the constraint is "not descending": pool adjacent violators.
    const qsizetype count = wanted.size();
    QVector<double> shift(count, 0.0), out(count);
    for (qsizetype i = 1; i < count; ++i) shift[i] = shift[i - 1] + gaps[i - 1];
    struct Block {
        double sum;
        qsizetype size;
    };
    std::vector<Block> blocks;
    for (qsizetype i = 0; i < count; ++i) {
        blocks.push_back({wanted[i] - shift[i], 1});
        while (blocks.size() > 1) {
            const Block& last = blocks.back();
            const Block& before = blocks[blocks.size() - 2];
            if (before.sum / static_cast<double>(before.size) <= last.sum / static_cast<double>(last.size)) break;
            blocks[blocks.size() - 2] = {before.sum + last.sum, before.size + last.size};
            blocks.pop_back();
        }
    }
    qsizetype at = 0;
    for (const Block& block : blocks)
        for (qsizetype k = 0; k < block.size; ++k, ++at)
            out[at] = block.sum / static_cast<double>(block.size) + shift[at];
    return out;
}

namespace {

QPointF borderPoint(const QPointF& centre, const QSizeF& size, bool isBottom) {
    return centre + QPointF(0, (isBottom ? 0.5 : -0.5) * size.height());
}

/// Everything that the passes of the layered layout share. Indices beyond the real nodes are bends of long edges.
struct Layering {
    const Input& input;
    std::stop_token stop;
    std::vector<int> layer;
    std::vector<std::vector<int>> up, down; ///< neighbours one layer above, below
    std::vector<std::vector<int>> rows;     ///< nodes by layer, in order
    std::vector<std::vector<int>> chains;   ///< per edge: the bends from its upper to its lower end
    std::vector<bool> isReversed;
    QVector<double> x;

    explicit Layering(const Input& in, std::stop_token token) : input(in), stop(std::move(token)) {}

    [[nodiscard]] int realNodes() const { return static_cast<int>(input.nodes.size()); }
    [[nodiscard]] double width(int node) const { return node < realNodes() ? input.nodes[node].size.width() : 8; }
    [[nodiscard]] QString group(int node) const { return node < realNodes() ? input.nodes[node].group : QString(); }

    void breakCycles();
    void assignLayers();
    void splitLongEdges();
    void orderRows();
    void gatherGroups(std::vector<int>& row, const std::vector<double>& key);
    void placeRows();
};

/// Edges that close a cycle in depth-first order are turned round.
void Layering::breakCycles() {
    const int n = realNodes();
    std::vector<std::vector<int>> out(static_cast<std::size_t>(n));
    for (int e = 0; e < input.edges.size(); ++e) out[static_cast<std::size_t>(input.edges[e].from)].push_back(e);
    isReversed.assign(static_cast<std::size_t>(input.edges.size()), false);
    enum : char { White, Grey, Black };
    std::vector<char> colour(static_cast<std::size_t>(n), White);
    std::vector<std::pair<int, std::size_t>> stack;
    for (int root = 0; root < n; ++root) {
        if (colour[static_cast<std::size_t>(root)] != White) continue;
        stack.emplace_back(root, 0);
        colour[static_cast<std::size_t>(root)] = Grey;
        while (!stack.empty()) {
            auto& [node, next] = stack.back();
            if (next == out[static_cast<std::size_t>(node)].size()) {
                colour[static_cast<std::size_t>(node)] = Black;
                stack.pop_back();
                continue;
            }
            const int edge = out[static_cast<std::size_t>(node)][next++];
            const int to = input.edges[edge].to;
            if (colour[static_cast<std::size_t>(to)] == Grey)
                isReversed[static_cast<std::size_t>(edge)] = true;
            else if (colour[static_cast<std::size_t>(to)] == White) {
                colour[static_cast<std::size_t>(to)] = Grey;
                stack.emplace_back(to, 0);
            }
        }
    }
}

void Layering::assignLayers() {
    const auto n = static_cast<std::size_t>(realNodes());
    layer.assign(n, 0);
    const bool areGiven =
        std::all_of(input.nodes.begin(), input.nodes.end(), [](const Node& node) { return node.layer >= 0; });
    if (areGiven) {
        for (std::size_t i = 0; i < n; ++i) layer[i] = input.nodes[static_cast<qsizetype>(i)].layer;
    } else { // longest path from the sources
        std::vector<int> waiting(n, 0);
        std::vector<std::vector<int>> out(n);
        for (int e = 0; e < input.edges.size(); ++e) {
            int from = input.edges[e].from, to = input.edges[e].to;
            if (from == to) continue;
            if (isReversed[static_cast<std::size_t>(e)]) std::swap(from, to);
            out[static_cast<std::size_t>(from)].push_back(to);
            ++waiting[static_cast<std::size_t>(to)];
        }
        std::vector<int> ready;
        for (std::size_t i = 0; i < n; ++i)
            if (waiting[i] == 0) ready.push_back(static_cast<int>(i));
        for (std::size_t k = 0; k < ready.size(); ++k)
            for (const int to : out[static_cast<std::size_t>(ready[k])]) {
                layer[static_cast<std::size_t>(to)] =
                    std::max(layer[static_cast<std::size_t>(to)], layer[static_cast<std::size_t>(ready[k])] + 1);
                if (--waiting[static_cast<std::size_t>(to)] == 0) ready.push_back(to);
            }
    }
    std::vector<int> used(layer); // empty layers vanish
    std::sort(used.begin(), used.end());
    used.erase(std::unique(used.begin(), used.end()), used.end());
    for (int& value : layer) value = static_cast<int>(std::lower_bound(used.begin(), used.end(), value) - used.begin());
    rows.assign(used.size(), {});
    for (std::size_t i = 0; i < n; ++i) rows[static_cast<std::size_t>(layer[i])].push_back(static_cast<int>(i));
}

void Layering::splitLongEdges() {
    constexpr std::size_t MostBends = 60000; // beyond that long edges run straight
    up.assign(layer.size(), {});
    down.assign(layer.size(), {});
    chains.assign(static_cast<std::size_t>(input.edges.size()), {});
    for (int e = 0; e < input.edges.size(); ++e) {
        int top = input.edges[e].from, bottom = input.edges[e].to;
        if (layer[static_cast<std::size_t>(top)] == layer[static_cast<std::size_t>(bottom)]) continue;
        if (layer[static_cast<std::size_t>(top)] > layer[static_cast<std::size_t>(bottom)]) std::swap(top, bottom);
        int previous = top;
        for (int level = layer[static_cast<std::size_t>(top)] + 1;
             level < layer[static_cast<std::size_t>(bottom)] && layer.size() < MostBends; ++level) {
            const int bend = static_cast<int>(layer.size());
            layer.push_back(level);
            up.emplace_back();
            down.emplace_back();
            rows[static_cast<std::size_t>(level)].push_back(bend);
            chains[static_cast<std::size_t>(e)].push_back(bend);
            down[static_cast<std::size_t>(previous)].push_back(bend);
            up[static_cast<std::size_t>(bend)].push_back(previous);
            previous = bend;
        }
        down[static_cast<std::size_t>(previous)].push_back(bottom);
        up[static_cast<std::size_t>(bottom)].push_back(previous);
    }
}

/// Sorts a row by key but keeps the nodes of one group side by side (at the group's mean).
void Layering::gatherGroups(std::vector<int>& row, const std::vector<double>& key) {
    QHash<QString, std::pair<double, int>> means;
    for (const int node : row)
        if (!group(node).isEmpty()) {
            auto& [sum, count] = means[group(node)];
            sum += key[static_cast<std::size_t>(node)];
            ++count;
        }
    const auto place = [&](int node) {
        const QString name = group(node);
        return name.isEmpty() ? key[static_cast<std::size_t>(node)] : means[name].first / means[name].second;
    };
    std::stable_sort(row.begin(), row.end(), [&](int a, int b) {
        const double pa = place(a), pb = place(b);
        if (pa != pb) return pa < pb;
        return group(a) == group(b) ? key[static_cast<std::size_t>(a)] < key[static_cast<std::size_t>(b)]
                                    : group(a) < group(b);
    });
}

void Layering::orderRows() {
    std::vector<double> key(layer.size(), 0);
    const auto number = [&](std::vector<int>& row) {
        for (std::size_t i = 0; i < row.size(); ++i) key[static_cast<std::size_t>(row[i])] = static_cast<double>(i);
    };
    for (auto& row : rows) number(row);
    const auto sweep = [&](std::vector<int>& row, const std::vector<std::vector<int>>& neighbours) {
        for (const int node : row) {
            const auto& others = neighbours[static_cast<std::size_t>(node)];
            if (others.empty()) continue;
            double sum = 0;
            for (const int other : others) sum += key[static_cast<std::size_t>(other)];
            key[static_cast<std::size_t>(node)] = sum / static_cast<double>(others.size());
        }
        gatherGroups(row, key);
        number(row);
    };
    for (int pass = 0; pass < 10 && !stop.stop_requested(); ++pass) {
        for (std::size_t i = 1; i < rows.size(); ++i) sweep(rows[i], up);
        for (std::size_t i = rows.size(); i-- > 1;) sweep(rows[i - 1], down);
    }
}

void Layering::placeRows() {
    x.fill(0, static_cast<qsizetype>(layer.size()));
    const auto settle = [&](const std::vector<int>& row, const std::vector<std::vector<int>>* neighbours) {
        QVector<double> wanted, gaps;
        for (std::size_t i = 0; i < row.size(); ++i) {
            double target = x[row[i]];
            if (neighbours) {
                const auto& others = (*neighbours)[static_cast<std::size_t>(row[i])];
                if (!others.empty()) {
                    target = 0;
                    for (const int other : others) target += x[other];
                    target /= static_cast<double>(others.size());
                }
            }
            wanted.append(target);
            if (i > 0) gaps.append((width(row[i - 1]) + width(row[i])) / 2 + input.gap);
        }
        const QVector<double> placed = spaced(wanted, gaps);
        for (std::size_t i = 0; i < row.size(); ++i) x[row[i]] = placed[static_cast<qsizetype>(i)];
    };
    for (const auto& row : rows) settle(row, nullptr);
    for (int pass = 0; pass < 8 && !stop.stop_requested(); ++pass) {
        for (std::size_t i = 1; i < rows.size(); ++i) settle(rows[i], &up);
        for (std::size_t i = rows.size(); i-- > 1;) settle(rows[i - 1], &down);
    }
}

void frame(const Input& input, Output& out) {
    for (qsizetype i = 0; i < input.nodes.size(); ++i) {
        const QSizeF size = input.nodes[i].size;
        const QRectF rect(out.centres[i] - QPointF(size.width() / 2, size.height() / 2), size);
        out.bounds = out.bounds.united(rect);
        if (input.nodes[i].group.isEmpty()) continue;
        const QRectF grown = rect.adjusted(-12, -22, 12, 12);
        const auto box = std::find_if(out.boxes.begin(), out.boxes.end(),
                                      [&](const Output::Box& b) { return b.group == input.nodes[i].group; });
        if (box == out.boxes.end())
            out.boxes.append({input.nodes[i].group, grown});
        else
            box->rect = box->rect.united(grown);
    }
    for (const Output::Box& box : out.boxes) out.bounds = out.bounds.united(box.rect);
    for (const QPolygonF& route : out.routes) out.bounds = out.bounds.united(route.boundingRect());
}

QPolygonF loopRoute(const QPointF& centre, const QSizeF& size) {
    const double right = centre.x() + size.width() / 2;
    return QPolygonF({QPointF(right, centre.y() - 6), QPointF(right + 24, centre.y() - 16),
                      QPointF(right + 24, centre.y() + 16), QPointF(right, centre.y() + 6)});
}

/// Neighbours of one layer are joined by an arc below their row, bent further the further they are apart.
QPolygonF arcRoute(const Input& input, const Output& out, const Edge& edge) {
    const QPointF a = out.centres[edge.from], b = out.centres[edge.to];
    const double depth = 14 + std::min(26.0, std::abs(a.x() - b.x()) * 0.06);
    const bool isForward = a.x() < b.x(); // the two directions use the two sides of the row
    const QPointF from = borderPoint(a, input.nodes[edge.from].size, isForward),
                  to = borderPoint(b, input.nodes[edge.to].size, isForward);
    const double middle = (isForward ? std::max(from.y(), to.y()) + depth : std::min(from.y(), to.y()) - depth);
    return QPolygonF({from, QPointF((from.x() + to.x()) / 2, middle), to});
}

} // namespace

Output layers(const Input& input, std::stop_token stop) {
    Output out;
    if (input.nodes.isEmpty()) return out;
    Layering work(input, stop);
    work.breakCycles();
    work.assignLayers();
    work.splitLongEdges();
    work.orderRows();
    work.placeRows();
    out.isComplete = !stop.stop_requested();
    std::vector<double> y(work.layer.size(), 0);
    double top = 0;
    for (const auto& row : work.rows) {
        double tallest = 0;
        bool hasBox = false;
        for (const int node : row)
            if (node < work.realNodes()) {
                tallest = std::max(tallest, input.nodes[node].size.height());
                hasBox = hasBox || !input.nodes[node].group.isEmpty();
            }
        if (hasBox) top += 20;
        for (const int node : row) y[static_cast<std::size_t>(node)] = top + tallest / 2;
        top += tallest + input.rise + (hasBox ? 12 : 0);
    }
    for (int i = 0; i < work.realNodes(); ++i) out.centres.append(QPointF(work.x[i], y[static_cast<std::size_t>(i)]));
    for (int e = 0; e < input.edges.size(); ++e) {
        const Edge edge = input.edges[e];
        const int layerFrom = work.layer[static_cast<std::size_t>(edge.from)],
                  layerTo = work.layer[static_cast<std::size_t>(edge.to)];
        if (edge.from == edge.to)
            out.routes.append(loopRoute(out.centres[edge.from], input.nodes[edge.from].size));
        else if (layerFrom == layerTo)
            out.routes.append(arcRoute(input, out, edge));
        else {
            const bool isDown = layerFrom < layerTo;
            QPolygonF route({borderPoint(out.centres[edge.from], input.nodes[edge.from].size, isDown)});
            std::vector<int> bends = work.chains[static_cast<std::size_t>(e)];
            if (!isDown) std::reverse(bends.begin(), bends.end());
            for (const int bend : bends) route.append(QPointF(work.x[bend], y[static_cast<std::size_t>(bend)]));
            route.append(borderPoint(out.centres[edge.to], input.nodes[edge.to].size, !isDown));
            out.routes.append(route);
        }
    }
    frame(input, out);
    return out;
}

namespace {

/// Outline of a subtree relative to its root's centre: leftmost and rightmost edge at each depth.
struct Outline {
    std::vector<double> left, right;
};

struct TreePlacer {
    const Input& input;
    std::vector<std::vector<int>> children;
    std::vector<double> shift; ///< relative to the parent
    std::vector<Outline> outlines;

    /// Joins the children's outlines side by side, centres the parent over them.
    void place(int node) {
        const auto& below = children[static_cast<std::size_t>(node)];
        Outline joined;
        std::vector<double> at;
        for (const int child : below) {
            const Outline& own = outlines[static_cast<std::size_t>(child)];
            double offset = 0;
            for (std::size_t d = 0; d < std::min(joined.right.size(), own.left.size()); ++d)
                offset = std::max(offset, joined.right[d] - own.left[d] + input.gap);
            at.push_back(offset);
            for (std::size_t d = 0; d < own.left.size(); ++d) {
                if (d == joined.left.size()) {
                    joined.left.push_back(own.left[d] + offset);
                    joined.right.push_back(own.right[d] + offset);
                } else
                    joined.right[d] = own.right[d] + offset;
            }
        }
        const double middle = at.empty() ? 0 : (at.front() + at.back()) / 2;
        for (std::size_t i = 0; i < below.size(); ++i) shift[static_cast<std::size_t>(below[i])] = at[i] - middle;
        Outline own;
        const double half = input.nodes[node].size.width() / 2;
        own.left.push_back(-half);
        own.right.push_back(half);
        for (std::size_t d = 0; d < joined.left.size(); ++d) {
            own.left.push_back(joined.left[d] - middle);
            own.right.push_back(joined.right[d] - middle);
        }
        for (const int child : below) outlines[static_cast<std::size_t>(child)] = {};
        outlines[static_cast<std::size_t>(node)] = std::move(own);
    }
};

} // namespace

Output tree(const Input& input, std::stop_token stop) {
    Output out;
    const auto n = static_cast<std::size_t>(input.nodes.size());
    if (n == 0) return out;
    TreePlacer placer{input, std::vector<std::vector<int>>(n), std::vector<double>(n, 0), std::vector<Outline>(n)};
    std::vector<int> parent(n, -1), order;
    for (const Edge& edge : input.edges)
        if (edge.from != edge.to && parent[static_cast<std::size_t>(edge.to)] < 0)
            parent[static_cast<std::size_t>(edge.to)] = edge.from;
    std::vector<int> depth(n, -1), roots;
    for (std::size_t i = 0; i < n; ++i)
        if (parent[i] < 0) roots.push_back(static_cast<int>(i));
    for (std::size_t i = 0; i < n; ++i)
        if (parent[i] >= 0) placer.children[static_cast<std::size_t>(parent[i])].push_back(static_cast<int>(i));
    for (const int root : roots) {
        depth[static_cast<std::size_t>(root)] = 0;
        order.push_back(root);
    }
    for (std::size_t k = 0; k < order.size(); ++k)
        for (const int child : placer.children[static_cast<std::size_t>(order[k])]) {
            depth[static_cast<std::size_t>(child)] = depth[static_cast<std::size_t>(order[k])] + 1;
            order.push_back(child);
        }
    for (std::size_t i = 0; i < n; ++i) // only a cycle without a root is left out: it starts where it is met
        if (depth[i] < 0) {
            depth[i] = 0;
            order.push_back(static_cast<int>(i));
        }
    for (std::size_t k = order.size(); k-- > 0 && !stop.stop_requested();) placer.place(order[k]);
    out.isComplete = !stop.stop_requested();
    std::vector<double> tallest(n + 1, 0);
    for (std::size_t i = 0; i < n; ++i) {
        double& height = tallest[static_cast<std::size_t>(depth[i])];
        height = std::max(height, input.nodes[static_cast<qsizetype>(i)].size.height());
    }
    std::vector<double> level(n + 1, 0);
    for (std::size_t d = 1; d <= n; ++d) level[d] = level[d - 1] + tallest[d - 1] / 2 + input.rise + tallest[d] / 2;
    out.centres.fill(QPointF(), input.nodes.size());
    double edge = 0;
    for (const int node : order) {
        const auto i = static_cast<std::size_t>(node);
        double x = placer.shift[i];
        if (parent[i] >= 0)
            x += out.centres[parent[i]].x();
        else if (!placer.outlines[i].left.empty()) { // the next tree stands right of the last
            x = edge - *std::min_element(placer.outlines[i].left.begin(), placer.outlines[i].left.end());
            edge =
                x + *std::max_element(placer.outlines[i].right.begin(), placer.outlines[i].right.end()) + input.gap * 2;
        }
        out.centres[node] = QPointF(x, level[static_cast<std::size_t>(depth[i])]);
    }
    for (const Edge& line : input.edges)
        out.routes.append(QPolygonF({borderPoint(out.centres[line.from], input.nodes[line.from].size, true),
                                     borderPoint(out.centres[line.to], input.nodes[line.to].size, false)}));
    frame(input, out);
    return out;
}

} // namespace vitrine::layout

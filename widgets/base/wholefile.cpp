// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/wholefile.hpp"

#include <QSaveFile>

namespace vitrine {

// QSaveFile::commit does not look at the flush of what is still in its buffer: on a full disk it would put a short
// file in the place of the old one and call that success.
QString writeWhole(const QString& path, const QByteArray& content) {
    QSaveFile file(path);
    const bool isWritten =
        file.open(QIODevice::WriteOnly) && file.write(content) == content.size() && file.flush() && file.commit();
    return isWritten ? QString() : file.errorString();
}

} // namespace vitrine
